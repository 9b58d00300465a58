package org.bitdistillery.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.PreflightCheck;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;
import org.bitdistillery.platform.AtomicFiles;

/// How long the training stages of an experiment take, from real steps: each stage is begun in a folder of its own, with the
/// stages before it left out, and stopped after one step to warm up and three to measure.
final class TimeNeed {

    private static final int MEASURED = 3;
    private static final List<StageId> TRAINING =
            List.of(StageId.TEACHER, StageId.FINETUNE, StageId.PRETRAIN, StageId.DISTILL, StageId.BASELINE);

    private TimeNeed() {}

    static PreflightCheck measure(Experiment experiment) {
        Map<StageId, Long> planned = new LinkedHashMap<>();
        List<String> parts = new ArrayList<>();
        double total = 0;
        try {
            first(experiment, planned, null);
            for (StageId stage : TRAINING) {
                long steps = planned.getOrDefault(stage, 0L);
                if (steps > 0) {
                    double seconds = steps * secondsAStep(only(experiment, stage), stage);
                    total += seconds;
                    parts.add(stage.title() + " " + duration(seconds));
                }
            }
        } catch (InvalidInput e) {
            return PreflightCheck.amber("Time", "The steps to measure could not be made: " + e.getMessage(), "Mend that first.", "");
        }
        return PreflightCheck.green("Time", parts.isEmpty() ? "Nothing is trained."
                : "Training takes about %s on this machine (%s), from %d real steps of each stage; evaluation and benchmark come on top."
                        .formatted(duration(total), String.join(", ", parts), MEASURED));
    }

    static String duration(double seconds) {
        if (seconds < 90) {
            return "%.0f s".formatted(seconds);
        }
        return seconds < 90 * 60 ? "%.0f min".formatted(seconds / 60)
                : seconds < 48 * 3600 ? "%.1f h".formatted(seconds / 3600) : "%.1f days".formatted(seconds / 86_400);
    }

    /// The experiment with one training stage alone, which nothing interrupts.
    private static Experiment only(Experiment experiment, StageId wanted) {
        List<String> settings = new ArrayList<>(List.of(
                "telemetry.validateEvery=1000000", "telemetry.histogramEvery=1000000", "telemetry.checkpointEvery=1000000",
                "evaluate.enabled=false", "benchmark.enabled=false", "export.enabled=false"));
        for (StageId stage : List.of(StageId.FINETUNE, StageId.PRETRAIN, StageId.DISTILL, StageId.BASELINE)) {
            settings.add(stage.key() + ".enabled=" + (stage == wanted));
        }
        if (wanted != StageId.TEACHER) {
            // A new model has to be made all the same, and its tokenizer, from the same corpus.
            settings.add("teacher.tokens=" + Math.min(experiment.teacher().tokens(), 1));
        }
        return ExperimentFile.withOverrides(experiment, settings);
    }

    private static double secondsAStep(Experiment experiment, StageId stage) {
        List<Long> times = new ArrayList<>();
        first(experiment, new LinkedHashMap<>(), event -> {
            if (event instanceof RunEvent.StepDone done && done.stage() == stage) {
                times.add(System.nanoTime());
            }
            return times.size() <= MEASURED;
        });
        if (times.size() < 2) {
            throw new InvalidInput("stage " + stage.key() + " has too few steps to measure.");
        }
        return (times.getLast() - times.getFirst()) / 1e9 / (times.size() - 1);
    }

    /// Runs until `goesOn` says no, or, where it is null, until the plan is known.
    private static void first(Experiment experiment, Map<StageId, Long> planned, java.util.function.Predicate<RunEvent> goesOn) {
        Path folder = folder();
        AtomicBoolean more = new AtomicBoolean(true);
        try {
            Pipeline.run(experiment, folder, event -> {
                if (event instanceof RunEvent.RunStarted started) {
                    started.plan().forEach((StagePlan plan) -> planned.put(plan.stage(), plan.steps()));
                    more.set(goesOn != null);
                } else if (goesOn != null && !goesOn.test(event)) {
                    more.set(false);
                }
            }, more::get);
        } catch (RunStoppedException e) {
            // That is how it is meant to end.
        } finally {
            AtomicFiles.deleteFolder(folder);
        }
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("bitdistillery-time");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
