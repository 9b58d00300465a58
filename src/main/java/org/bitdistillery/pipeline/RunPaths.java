package org.bitdistillery.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.StageId;
import org.bitdistillery.tensorfile.SafetensorsFolder;

/// Where the stages of a run leave their results. Each result is written beside its place and renamed, so that what
/// stands here is whole.
public record RunPaths(Path folder) {

    /// The base model, where the run made it itself.
    public Path base() {
        return model("base");
    }

    /// A new base model before its pre-training: random weights and its tokenizer.
    Path initialBase() {
        return model("base-initial");
    }

    public Path fp16Sft() {
        return model("fp16-sft");
    }

    public Path studentWithSubLn() {
        return model("student-subln");
    }

    public Path pretrainedStudent() {
        return model("student-pretrained");
    }

    /// The distilled student: latent weights, embeddings as they are shipped.
    public Path student() {
        return model("student");
    }

    /// The student as the last training stage that is switched on leaves it.
    public Path finalStudent(Experiment experiment) {
        if (experiment.distill().enabled()) {
            return student();
        }
        return experiment.pretrain().enabled() ? pretrainedStudent() : studentWithSubLn();
    }

    /// The same, once it is there.
    ///
    /// @throws InvalidInput where it is not
    public Path finishedStudent(Experiment experiment) {
        Path student = finalStudent(experiment);
        if (!isModel(student)) {
            throw new InvalidInput(folder + " has no student yet: let the run go on until its last training stage is done.");
        }
        return student;
    }

    /// The student with packed weights, for the benchmark.
    Path packedStudent() {
        return model("student-packed");
    }

    public Path bitnetSft() {
        return model("bitnet-sft");
    }

    public Path checkpoints(StageId stage) {
        return folder.resolve("checkpoints").resolve(stage.key());
    }

    /// What the teacher said of the training rows, where that is kept.
    Path teacherLogits() {
        return folder.resolve("cache").resolve("teacher-logits");
    }

    /// Results of a stage that hands over numbers and no model.
    public Path stageResult(StageId stage) {
        return folder.resolve("stages").resolve(stage.key() + ".json");
    }

    public Path results() {
        return folder.resolve("results.json");
    }

    public Path export(ExportStage.Format format) {
        return folder.resolve("export").resolve(format.name().toLowerCase(Locale.ROOT));
    }

    /// How a result inside the run folder is named in events and reports; a path elsewhere stays as it is.
    public String relative(Path path) {
        return path.startsWith(folder) ? folder.relativize(path).toString().replace('\\', '/') : path.toString();
    }

    public static boolean isModel(Path folder) {
        return SafetensorsFolder.isThere(folder) && Files.isRegularFile(folder.resolve("config.json"));
    }

    private Path model(String name) {
        return folder.resolve("models").resolve(name);
    }
}
