package org.bitdistillery.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Corpus;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.config.ExportStage.Runtime;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.LayerChoice;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.data.CorpusText;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.export.Compatibility;
import org.bitdistillery.export.ExportFiles;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.Devices;
import org.bitdistillery.model.ModelFolder;

/// Looks, before anything long begins, at what an experiment names: files, rows, shapes. Trains nothing and writes nothing.
final class Preflight {

    private final Experiment experiment;
    private final List<ConfigProblem> problems = new ArrayList<>();

    private Preflight(Experiment experiment) {
        this.experiment = experiment;
    }

    /// Everything that stands in the way, by field; empty where the run can begin.
    static List<ConfigProblem> check(Experiment experiment) {
        Preflight preflight = new Preflight(experiment);
        preflight.checkDevice();
        preflight.checkModel();
        preflight.checkDistillTeacher();
        preflight.checkTask();
        preflight.checkCorpora();
        preflight.checkExport();
        return List.copyOf(preflight.problems);
    }

    private void checkDevice() {
        try {
            Devices.require(experiment.compute());
        } catch (InvalidInput e) {
            add("compute.device", e.getMessage());
        }
    }

    private void checkModel() {
        TeacherStage teacher = experiment.teacher();
        if (teacher.source() == TeacherStage.Source.FOLDER) {
            Path folder = Path.of(teacher.path());
            if (!Files.isDirectory(folder)) {
                add("teacher.path", folder + " is not a folder: name the folder with config.json, model.safetensors and tokenizer.json.");
                return;
            }
            requireFile("teacher.path", folder.resolve("tokenizer.json"));
        }
        try {
            checkShape(BaseModel.architecture(teacher));
            if (teacher.source() == TeacherStage.Source.FOLDER) {
                ModelFolder.check(Path.of(teacher.path()));
            }
        } catch (InvalidInput e) {
            add("teacher.path", e.getMessage());
        }
    }

    private void checkShape(Architecture architecture) {
        DistillStage distill = experiment.distill();
        if (distill.enabled() && distill.relates()) {
            try {
                LayerChoice choice = LayerChoice.parse(distill.layers());
                if (choice.kind() != LayerChoice.Kind.ADVISED) {
                    choice.of(architecture.layers());
                }
            } catch (InvalidInput e) {
                add("distill.layers", e.getMessage());
            }
            int columns = architecture.keyValueHeads() * architecture.headDim();
            if (columns % distill.splitHeads() != 0) {
                add("distill.splitHeads", "is " + distill.splitHeads() + ", which does not divide the " + columns
                        + " columns of the keys and values: choose a divisor of " + columns + ".");
            }
        }
        checkLength("task.maxTokens", experiment.task().maxTokens(), architecture);
        if (experiment.teacher().tokens() > 0) {
            checkLength("teacher.sequenceLength", experiment.teacher().sequenceLength(), architecture);
        }
        if (experiment.pretrain().enabled()) {
            checkLength("pretrain.sequenceLength", experiment.pretrain().sequenceLength(), architecture);
        }
    }

    /// Logits can only be compared between models with the same tokens.
    private void checkDistillTeacher() {
        String other = experiment.distill().teacher();
        if (!experiment.distill().enabled() || other.isBlank()) {
            return;
        }
        Path folder = Path.of(other);
        if (!Files.isDirectory(folder)) {
            add("distill.teacher", folder + " is not a folder: name the folder of a fine-tuned model, or leave it empty.");
            return;
        }
        try {
            ModelFolder.check(folder);
            Architecture teacher = ConfigJson.read(folder);
            Architecture student = BaseModel.architecture(experiment.teacher());
            if (teacher.vocabularySize() != student.vocabularySize()) {
                add("distill.teacher", folder + " has a vocabulary of " + teacher.vocabularySize() + " tokens and the student one of "
                        + student.vocabularySize() + ": choose a teacher of the same family, with the same tokenizer.");
            } else {
                checkTokens(folder);
            }
            int columns = teacher.keyValueHeads() * teacher.headDim();
            if (experiment.distill().relates() && columns % experiment.distill().splitHeads() != 0) {
                add("distill.splitHeads", "is " + experiment.distill().splitHeads() + ", which does not divide the " + columns
                        + " columns of the teacher's keys and values: choose a divisor of both models' columns.");
            }
        } catch (InvalidInput e) {
            add("distill.teacher", e.getMessage());
        }
    }

    private void checkTokens(Path teacher) {
        if (experiment.teacher().source() == TeacherStage.Source.NEW) {
            return;
        }
        try (TextTokenizer own = TextTokenizer.load(BaseModel.tokenizer(experiment.teacher())); TextTokenizer theirs = TextTokenizer.load(teacher)) {
            theirs.difference(own).ifPresent(difference -> add("distill.teacher", teacher.resolve(TextTokenizer.FILE_NAME)
                    + " gives tokens other numbers than the student's tokenizer, " + difference + ": choose a teacher with the same tokenizer."));
        }
    }

    private void checkLength(String field, int tokens, Architecture architecture) {
        if (tokens > architecture.maxPositions()) {
            add(field, "is " + tokens + " tokens, but the model reads at most " + architecture.maxPositions() + ": lower it.");
        }
    }

    private void checkTask() {
        try {
            TaskData.load(experiment.task(), experiment.seed());
        } catch (InvalidInput e) {
            add("task", e.getMessage());
        }
        if (problems.stream().noneMatch(problem -> problem.path().startsWith("teacher."))) {
            List<String> found = new ArrayList<>();
            TokenFacts.of(experiment, found).close();
            found.forEach(message -> add(message.contains(TextTokenizer.FILE_NAME) ? "teacher.path" : "task", message));
        }
        checkPrompt();
    }

    /// Whether the prompt leaves the texts room and the tokenizer tells the answers apart.
    private void checkPrompt() {
        Path folder = Path.of(experiment.teacher().path());
        if (experiment.teacher().source() != TeacherStage.Source.FOLDER || !problems.isEmpty()) {
            return;
        }
        try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
            TaskInputs.encoder(experiment.task(), tokenizer, folder);
        } catch (InvalidInput e) {
            add("task.prompt", e.getMessage());
        }
    }

    /// A goal that cannot be reached is told before the training, not after it.
    private void checkExport() {
        ExportStage export = experiment.export();
        try {
            Architecture student = ExportJob.student(experiment);
            Compatibility.Answer runs = Compatibility.of(student, export.runsOn());
            if (!runs.runs()) {
                add("export.runsOn", "is " + name(export.runsOn()) + ", which cannot run this student: " + runs.reason()
                        + ". Instead, " + runs.instead() + ".");
            }
            Compatibility.Answer writes = Compatibility.of(student, export.format());
            if (export.enabled() && !writes.runs()) {
                add("export.format", "is " + name(export.format()) + ", which cannot hold this student: " + writes.reason()
                        + ". Instead, " + writes.instead() + ".");
            }
            boolean gguf = export.enabled() && export.format().isGguf() || export.runsOn() == Runtime.LLAMA_CPP
                    || export.runsOn() == Runtime.BITNET_CPP;
            if (gguf && experiment.teacher().source() == TeacherStage.Source.FOLDER) {
                ExportFiles.checkTokenizer(Path.of(experiment.teacher().path()), student);
            }
        } catch (InvalidInput e) {
            if (problems.isEmpty()) {
                add("export", e.getMessage());
            }
        }
    }

    private void checkCorpora() {
        if (experiment.teacher().tokens() > 0) {
            checkCorpus("teacher.corpus.files", experiment.teacher().corpus());
        }
        if (experiment.pretrain().enabled()) {
            checkCorpus("pretrain.corpus.files", experiment.pretrain().corpus());
        }
    }

    private void checkCorpus(String field, Corpus corpus) {
        if (corpus.source() == DataSource.FILES) {
            try {
                CorpusText.check(corpus);
            } catch (InvalidInput e) {
                add(field, e.getMessage());
            }
        }
    }

    private void requireFile(String field, Path file) {
        if (!Files.isRegularFile(file)) {
            add(field, file + " does not exist: check the path.");
        } else if (!Files.isReadable(file)) {
            add(field, file + " cannot be read: check its permissions.");
        }
    }

    private static String name(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private void add(String path, String message) {
        problems.add(new ConfigProblem(path, message));
    }
}
