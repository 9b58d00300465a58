package org.bitdistillery.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.FormatAnswer;
import org.bitdistillery.event.GateReading;
import org.bitdistillery.event.Results;
import org.bitdistillery.export.Compatibility;
import org.bitdistillery.export.ExportFiles;
import org.bitdistillery.export.ExportOptions;
import org.bitdistillery.export.ExportPlan;
import org.bitdistillery.export.ExportProgress;
import org.bitdistillery.export.Provenance;
import org.bitdistillery.hub.HubCache;
import org.bitdistillery.hub.License;
import org.bitdistillery.llamacpp.LlamaLibrary;
import org.bitdistillery.llamacpp.LlamaLibrary.Program;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.platform.FreedMemory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Exports a run's student, loads the files again and lets them stand under their final name only if they pass the gate.
public final class ExportJob {

    public static final String GATE_FILE = "gate.json";

    /// Of the whole export, what writing takes; the gate takes the rest.
    private static final double WRITING = 0.3;
    private static final String STARTER_LICENSE = "apache-2.0";

    private ExportJob() {}

    /// @param run      a run folder whose last training stage is done
    /// @param target   folder to make; must be missing or empty
    /// @param progress hears how far it is; what it throws ends the export and leaves nothing behind
    /// @throws InvalidInput where the run has no student, the format cannot express it, the target cannot be written, or the
    ///                      gate fails
    public static ExportSummary export(Path run, ExportOptions options, Path target, ExportProgress progress) {
        Experiment experiment = ExperimentFile.read(run.resolve("config.json"));
        RunPaths paths = new RunPaths(run);
        Results results = new StageResults(paths).report(experiment.name());
        Path student = paths.finishedStudent(experiment);
        requireEmpty(target);
        GateRows rows;
        try (TaskInputs task = TaskInputs.load(experiment.task(), TaskData.load(experiment.task(), experiment.seed()), student)) {
            rows = GateRows.of(task, ConfigJson.read(student).vocabularySize());
        }
        // A tokenizer's tables can take as much memory as the student.
        FreedMemory.giveBack();
        return export(experiment, paths, options, rows, results, target, progress);
    }

    /// In which formats a run's student can be exported; before there is one, the student that the configuration will make.
    ///
    /// @throws InvalidInput where neither can be read
    public static List<FormatAnswer> formats(Path run) {
        Experiment experiment = ExperimentFile.read(run.resolve("config.json"));
        Path student = new RunPaths(run).finalStudent(experiment);
        return Compatibility.formats(RunPaths.isModel(student) ? ConfigJson.read(student) : student(experiment));
    }

    /// The shape of the student that a configuration makes.
    static Architecture student(Experiment experiment) {
        return BaseModel.architecture(experiment.teacher()).withSubLn(experiment.subln().placement());
    }

    static ExportSummary export(
            Experiment experiment, RunPaths paths, ExportOptions options, GateRows rows, Results results, Path target,
            ExportProgress progress) {
        Path student = paths.finalStudent(experiment);
        ExportPlan plan = new ExportPlan(
                student, ConfigJson.read(student), experiment, TaskInputs.prompt(experiment.task(), student), options.format(),
                options.embeddings(), provenance(experiment, paths), results);
        Path temporary = HandOver.unfinished(target);
        try {
            Path file = ExportFiles.write(plan, temporary, (doing, done) -> progress.at(doing, WRITING * done));
            FreedMemory.giveBack();
            ExportGate gate = new ExportGate(plan, rows, experiment.compute().threads(),
                    ExportGate.program(options.format()).flatMap(program -> library(program, options.llama())));
            List<GateReading> readings = gate.read(file, (doing, done) -> progress.at(doing, WRITING + (1 - WRITING) * done));
            List<String> notes = new ArrayList<>(gate.notes());
            plan.provenance().warning().ifPresent(notes::add);
            GateReading own = readings.getFirst();
            ExportSummary summary = new ExportSummary(
                    options.format().name().toLowerCase(Locale.ROOT), paths.relative(target), ExportFiles.bytes(temporary),
                    own.relativeDifference(), own.answerAgreement() == null ? own.tokenAgreement() : own.answerAgreement(), own.rows(), readings,
                    List.of(ExportFiles.hashed(file)), notes);
            AtomicFiles.write(temporary.resolve(GATE_FILE), JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(summary) + "\n");
            ExportFiles.writeCard(plan, temporary, summary);
            AtomicFiles.replaceFolder(temporary, target);
            return summary;
        } finally {
            AtomicFiles.deleteFolder(temporary);
        }
    }

    private static Optional<LlamaLibrary> library(Program program, Path named) {
        return named == null ? LlamaLibrary.find(program) : Optional.of(LlamaLibrary.at(program, named));
    }

    private static Provenance provenance(Experiment experiment, RunPaths paths) {
        TeacherStage teacher = experiment.teacher();
        Map<String, String> hashes = dataHashes(paths.folder().resolve("environment.json"));
        return switch (teacher.source()) {
            case STARTER -> new Provenance("the starter teacher of BitDistillery", STARTER_LICENSE, hashes);
            case NEW -> new Provenance("a new model, trained by this run", STARTER_LICENSE, hashes);
            case FOLDER -> new Provenance(teacher.path(), license(teacher.path()), hashes);
        };
    }

    /// A base model that has moved since has no license that could be read.
    private static String license(String model) {
        try {
            return License.of(HubCache.ofUser().folder(model)).orElse("");
        } catch (InvalidInput e) {
            return "";
        }
    }

    /// Hashes that were taken when the run began, by the names of the files.
    private static Map<String, String> dataHashes(Path environment) {
        Map<String, String> hashes = new LinkedHashMap<>();
        if (Files.isRegularFile(environment)) {
            try {
                JsonMapper.shared().readTree(Files.readAllBytes(environment)).path("inputs").properties().forEach(
                        input -> hashes.put(Path.of(input.getKey()).getFileName().toString(), input.getValue().asString("")));
            } catch (IOException | JacksonException e) {
                return Map.of();
            }
        }
        return hashes;
    }

    private static void requireEmpty(Path target) {
        String[] content = target.toFile().list();
        if (Files.exists(target) && (content == null || content.length > 0)) {
            throw new InvalidInput(target + " exists and is not an empty folder: choose another one, so that nothing is overwritten.");
        }
    }
}
