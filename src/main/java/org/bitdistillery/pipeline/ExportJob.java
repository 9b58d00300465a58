package org.bitdistillery.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.DoubleConsumer;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.Results;
import org.bitdistillery.export.HuggingFaceExport;
import org.bitdistillery.platform.AtomicFiles;
import tools.jackson.databind.json.JsonMapper;

/// Exports a run's student, loads the files again and lets them stand under their final name only if they pass the gate.
public final class ExportJob {

    public static final String GATE_FILE = "gate.json";

    private ExportJob() {}

    /// @param run      a run folder whose last training stage is done
    /// @param target   folder to make; must be missing or empty
    /// @param progress hears the fraction done, 0..1; what it throws ends the export and leaves nothing behind
    /// @throws InvalidInput where the run has no student, the target cannot be written, or the gate fails
    public static ExportSummary export(Path run, ExportStage.Format format, Path target, DoubleConsumer progress) {
        Experiment experiment = ExperimentFile.read(run.resolve("config.json"));
        RunPaths paths = new RunPaths(run);
        Results results = new StageResults(paths).report(experiment.name());
        Path student = paths.finalStudent(experiment);
        if (!RunPaths.isModel(student)) {
            throw new InvalidInput(run + " has no student yet: let the run go on until its last training stage is done.");
        }
        requireEmpty(target);
        TaskData rows = TaskData.load(experiment.task(), experiment.seed());
        try (TaskInputs task = TaskInputs.load(experiment.task(), rows, student)) {
            return export(experiment, paths, format, task, results, target, progress);
        }
    }

    static ExportSummary export(
            Experiment experiment, RunPaths paths, ExportStage.Format format, TaskInputs task, Results results, Path target,
            DoubleConsumer progress) {
        Path student = paths.finalStudent(experiment);
        Path temporary = HandOver.unfinished(target);
        try {
            switch (format) {
                case HUGGINGFACE -> HuggingFaceExport.write(student, temporary, experiment, results);
            }
            ExportGate.Verdict verdict = ExportGate.compare(
                    student, temporary, task.test(), task.answers(), experiment.compute().threads(), progress);
            verdict.requirePassed();
            ExportSummary summary = new ExportSummary(
                    format.name().toLowerCase(Locale.ROOT), paths.relative(target), HuggingFaceExport.bytes(temporary),
                    verdict.logitDifference(), verdict.engineAgreement(), verdict.rows());
            AtomicFiles.write(temporary.resolve(GATE_FILE), JsonMapper.shared().writeValueAsString(summary) + "\n");
            AtomicFiles.replaceFolder(temporary, target);
            return summary;
        } finally {
            AtomicFiles.deleteFolder(temporary);
        }
    }

    private static void requireEmpty(Path target) {
        String[] content = target.toFile().list();
        if (Files.exists(target) && (content == null || content.length > 0)) {
            throw new InvalidInput(target + " exists and is not an empty folder: choose another one, so that nothing is overwritten.");
        }
    }
}
