package org.bitdistillery.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.Quantization.Initialization;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.event.StageId;
import org.bitdistillery.platform.AtomicFiles;
import tools.jackson.databind.node.ObjectNode;

/// Takes over a finished stage from another run whose settings lead to the same result.
///
/// Files are linked where the file system can, so that ten runs of one teacher hold it once. They are never changed in
/// place: every result is written beside its place and renamed.
public final class StageReuse {

    /// Parts of the configuration that a stage's result hangs on, beside those of the stages that it builds on.
    private static final Map<StageId, List<String>> SECTIONS = sections();

    /// Stages whose results a stage builds on.
    private static final Map<StageId, List<StageId>> INPUTS = inputs();

    private StageReuse() {}

    private static Map<StageId, List<String>> sections() {
        Map<StageId, List<String>> sections = new EnumMap<>(StageId.class);
        sections.put(StageId.TEACHER, List.of("seed", "teacher"));
        sections.put(StageId.FINETUNE, List.of("task", "finetune"));
        sections.put(StageId.SUBLN, List.of("subln", "quantization"));
        sections.put(StageId.PRETRAIN, List.of("pretrain"));
        sections.put(StageId.DISTILL, List.of("distill", "task"));
        sections.put(StageId.BASELINE, List.of("task", "baseline", "quantization"));
        return sections;
    }

    private static Map<StageId, List<StageId>> inputs() {
        Map<StageId, List<StageId>> inputs = new EnumMap<>(StageId.class);
        inputs.put(StageId.TEACHER, List.of());
        inputs.put(StageId.FINETUNE, List.of(StageId.TEACHER));
        inputs.put(StageId.SUBLN, List.of(StageId.TEACHER));
        inputs.put(StageId.PRETRAIN, List.of(StageId.SUBLN));
        inputs.put(StageId.DISTILL, List.of(StageId.FINETUNE, StageId.PRETRAIN));
        inputs.put(StageId.BASELINE, List.of(StageId.TEACHER));
        return inputs;
    }

    /// Stages that can be taken over, in the order in which they happen.
    public static List<StageId> stages() {
        return List.copyOf(SECTIONS.keySet());
    }

    /// SHA-256 over every setting that the stage's result hangs on. Runs with equal fingerprints get equal results.
    public static String fingerprint(Experiment experiment, StageId stage) {
        MessageDigest digest = sha256();
        add(experiment, stage, ExperimentFile.tree(experiment), digest);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(Experiment experiment, StageId stage, ObjectNode tree, MessageDigest digest) {
        INPUTS.get(stage).forEach(input -> add(experiment, input, tree, digest));
        digest.update(stage.key().getBytes(StandardCharsets.UTF_8));
        SECTIONS.get(stage).forEach(section -> digest.update(tree.get(section).toString().getBytes(StandardCharsets.UTF_8)));
        digest.update(tree.at("/compute/precision").toString().getBytes(StandardCharsets.UTF_8));
        digest.update(tree.at("/telemetry/handOverBest").toString().getBytes(StandardCharsets.UTF_8));
        boolean tokenizer = stage == StageId.TEACHER && experiment.teacher().source() == TeacherStage.Source.NEW;
        boolean calibrated = stage == StageId.SUBLN && experiment.quantization().initialization() != Initialization.NONE;
        if (tokenizer || calibrated) {
            // A new model's tokenizer is trained on the task's rows, too, and GPTQ and AWQ look at them.
            digest.update(tree.get("task").toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether a stage's result stands in a run folder.
    public static boolean isDone(Path run, StageId stage) {
        return Files.exists(new RunPaths(run).stageResult(stage));
    }

    /// Puts one run's result of a stage into the folder of another run with the same fingerprint.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where it cannot be written
    public static void takeOver(StageId stage, Path from, Path to) {
        RunPaths source = new RunPaths(from);
        RunPaths target = new RunPaths(to);
        for (Path model : models(stage, source)) {
            Path copy = target.folder().resolve(source.folder().relativize(model));
            if (Files.isDirectory(model) && !Files.exists(copy)) {
                Path unfinished = HandOver.unfinished(copy);
                link(model, unfinished);
                AtomicFiles.replaceFolder(unfinished, copy);
            }
        }
        Optional<StageResult> result = new StageResults(source).find(stage);
        result.ifPresent(done -> new StageResults(target).save(stage, done));
    }

    private static List<Path> models(StageId stage, RunPaths paths) {
        return switch (stage) {
            case TEACHER -> List.of(paths.initialBase(), paths.base());
            case FINETUNE -> List.of(paths.fp16Sft());
            case SUBLN -> List.of(paths.studentWithSubLn());
            case PRETRAIN -> List.of(paths.pretrainedStudent());
            case DISTILL -> List.of(paths.student());
            case BASELINE -> List.of(paths.bitnetSft());
            default -> List.of();
        };
    }

    private static void link(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(file.getFileName());
                try {
                    Files.createLink(copy, file);
                } catch (IOException | UnsupportedOperationException e) {
                    Files.copy(file, copy);
                }
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(to, e);
        }
    }
}
