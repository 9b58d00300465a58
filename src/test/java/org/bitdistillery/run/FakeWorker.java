package org.bitdistillery.run;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;
import org.bitdistillery.pipeline.RunStoppedException;
import org.bitdistillery.platform.SelfProcess;

/// A worker whose job trains nothing: it takes steps of five milliseconds. Also the main class of a worker process.
final class FakeWorker {

    static final Experiment EXPERIMENT = ExperimentFile.quickstart();
    static final Results RESULTS =
            new Results(1, "fake", null, null, null, null, null, List.of(), Map.of(), null, Map.of("distill", 0.1), 0.1);

    private FakeWorker() {}

    /// @param args the run folder and what the job does: a number of steps, or `crash`, `memory`, `invalid`, `exit`
    public static void main(String[] args) {
        if (args[1].equals("exit")) {
            System.out.println("The worker has nothing to do here.");
            System.exit(2);
        }
        Worker.Outcome outcome = Worker.work(new RunFolder(Path.of(args[0])), job(args[1]), _ -> { });
        System.exit(outcome.state() == RunState.FAILED ? 1 : 0);
    }

    static ProcessBuilder process(RunFolder folder, String what) {
        return SelfProcess.command(FakeWorker.class.getName(), List.of("-Xmx128m"), folder.path().toString(), what);
    }

    static Worker.Job job(String what) {
        return switch (what) {
            case "crash" -> (_, _, events, _) -> {
                begin(events, 10);
                Runtime.getRuntime().halt(134);
                throw new AssertionError();
            };
            case "memory" -> (_, _, events, _) -> {
                begin(events, 10);
                throw new OutOfMemoryError("Java heap space");
            };
            case "invalid" -> (_, _, _, _) -> {
                throw new InvalidInput("dev.tsv has no rows. Give it some.");
            };
            case "bug" -> (_, _, events, _) -> {
                begin(events, 10);
                throw new IllegalStateException("index 7 is one too many\nsecond line");
            };
            default -> (_, _, events, mayContinue) -> steps(Long.parseLong(what), events, mayContinue);
        };
    }

    private static Results steps(long count, Consumer<RunEvent> events, BooleanSupplier mayContinue) {
        begin(events, count);
        for (long step = 1; step <= count; step++) {
            if (!mayContinue.getAsBoolean()) {
                throw new RunStoppedException();
            }
            rest();
            events.accept(step(step));
        }
        events.accept(new RunEvent.StageFinished(Instant.now(), StageId.DISTILL, 0.1, false));
        events.accept(new RunEvent.RunFinished(Instant.now(), 0.1, RESULTS));
        return RESULTS;
    }

    private static void begin(Consumer<RunEvent> events, long count) {
        long process = ProcessHandle.current().pid();
        events.accept(new RunEvent.RunStarted(Instant.now(), "fake", process, List.of(new StagePlan(StageId.DISTILL, count, 1))));
        events.accept(new RunEvent.StageStarted(Instant.now(), StageId.DISTILL, count, 0, "nothing on nothing"));
    }

    static RunEvent.StepDone step(long step) {
        return new RunEvent.StepDone(Instant.now(), StageId.DISTILL, step, 32 * step, Losses.of(1.0 / step), 1e-4, 0.5, 1000);
    }

    static RunFolder newRun(Path parent) {
        return RunFolder.create(parent.resolve("run"), EXPERIMENT);
    }

    private static void rest() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new RunStoppedException();
        }
    }
}
