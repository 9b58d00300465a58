package org.bitdistillery.study;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.StageId;
import org.bitdistillery.pipeline.Pipeline;
import org.bitdistillery.pipeline.StageReuse;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.run.RunHandle;
import org.bitdistillery.run.RunState;

/// Carries out the runs of a study, some at a time, each in a worker process of its own.
///
/// A stage that another run of the study has finished with equal settings is taken over. A run that needs a stage which
/// is being computed waits for it. Runs that are finished already stay as they are, interrupted ones go on.
public final class Study {

    private final RunExecutor executor;
    private final Consumer<String> progress;
    private final Map<StudyRun, RunHandle> live = Collections.synchronizedMap(new LinkedHashMap<>());
    private final BlockingQueue<StudyRun> ended = new LinkedBlockingQueue<>();
    private volatile boolean stopping;

    /// @param progress hears one line at a time
    public Study(RunExecutor executor, Consumer<String> progress) {
        this.executor = executor;
        this.progress = progress;
    }

    /// Looks at every run before the first begins.
    ///
    /// @throws InvalidInput that names the variant and what stands in its way
    public static void requireReady(StudyPlan plan) {
        plan.requireReady(Pipeline::check);
    }

    /// @param parallel workers at a time
    /// @return why runs did not finish, by run; empty where all did
    /// @throws InvalidInput where a run's folder cannot be used
    public Map<StudyRun, String> carryOut(StudyPlan plan, int parallel) throws InterruptedException {
        Map<StudyRun, String> failures = new LinkedHashMap<>();
        List<StudyRun> waiting = new ArrayList<>();
        for (StudyRun run : plan.runs()) {
            if (isFinished(run)) {
                progress.accept(run.title() + ": finished already");
            } else {
                waiting.add(run);
            }
        }
        int total = waiting.size();
        int begun = 0;
        while (!live.isEmpty() || !waiting.isEmpty() && !stopping) {
            Iterator<StudyRun> next = waiting.iterator();
            while (next.hasNext() && live.size() < parallel && !stopping) {
                StudyRun run = next.next();
                boolean ready = List.copyOf(live.keySet()).stream().noneMatch(other -> waitsFor(run, other))
                        && waiting.stream().noneMatch(other -> StudyPlan.needs(run, other));
                if (ready) {
                    next.remove();
                    begin(run, plan, "[" + ++begun + "/" + total + "] ");
                }
            }
            if (live.isEmpty()) {
                throw new InvalidInput("The variants " + waiting.stream().map(StudyRun::title).toList() + " wait for each other.");
            }
            StudyRun over = ended.take();
            RunHandle.End end = live.remove(over).onExit().join();
            if (end.state() == RunState.FINISHED) {
                progress.accept(over.title() + ": finished");
            } else {
                failures.put(over, end.reason());
                progress.accept(over.title() + ": " + end.state().name().toLowerCase(Locale.ROOT) + ". " + end.reason());
            }
        }
        waiting.forEach(run -> failures.put(run, "The study was stopped."));
        return failures;
    }

    /// Lets every worker save a checkpoint and end. May be called on any thread.
    public void stop() {
        stopping = true;
        List.copyOf(live.values()).forEach(RunHandle::stop);
    }

    private static boolean isFinished(StudyRun run) {
        RunFolder folder = new RunFolder(run.folder());
        return folder.isRun() && folder.state() == RunState.FINISHED && folder.experiment().equals(run.experiment());
    }

    /// Whether a running run computes a stage that this one would have to compute as well, or is read by it.
    private static boolean waitsFor(StudyRun run, StudyRun running) {
        return StudyPlan.needs(run, running) || StageReuse.stages().stream().anyMatch(stage ->
                !StageReuse.isDone(running.folder(), stage) && isEnabled(run, stage) && isEnabled(running, stage) && sameResult(run, running, stage));
    }

    /// What trains for long; the others are quickly done again.
    private static boolean isEnabled(StudyRun run, StageId stage) {
        return switch (stage) {
            case TEACHER -> run.experiment().teacher().tokens() > 0;
            case FINETUNE -> run.experiment().finetune().enabled();
            case PRETRAIN -> run.experiment().pretrain().enabled();
            case BASELINE -> run.experiment().baseline().enabled();
            case DISTILL -> run.experiment().distill().enabled();
            default -> false;
        };
    }

    private static boolean sameResult(StudyRun run, StudyRun other, StageId stage) {
        return StageReuse.fingerprint(run.experiment(), stage).equals(StageReuse.fingerprint(other.experiment(), stage));
    }

    private void begin(StudyRun run, StudyPlan plan, String prefix) {
        boolean there = new RunFolder(run.folder()).isRun();
        if (there && new RunFolder(run.folder()).state().isLive()) {
            progress.accept(prefix + run.title() + ", which an earlier call left running");
            follow(run, executor.attach(run.folder()));
            return;
        }
        if (there && !new RunFolder(run.folder()).experiment().equals(run.experiment())) {
            throw new InvalidInput(run.folder() + " holds a run with other settings than the study has now. Choose another --out, or"
                    + " delete that folder.");
        }
        if (!there) {
            RunFolder.create(run.folder(), run.experiment());
        }
        List<String> reused = new ArrayList<>();
        for (StageId stage : StageReuse.stages()) {
            if (!StageReuse.isDone(run.folder(), stage)) {
                plan.runs().stream()
                        .filter(other -> other != run && StageReuse.isDone(other.folder(), stage) && sameResult(run, other, stage))
                        .findFirst()
                        .ifPresent(other -> {
                            StageReuse.takeOver(stage, other.folder(), run.folder());
                            reused.add(stage.title());
                        });
            }
        }
        progress.accept(prefix + run.title() + (reused.isEmpty() ? "" : ", taken over: " + String.join(", ", reused)));
        follow(run, executor.resume(run.folder()));
    }

    private void follow(StudyRun run, RunHandle handle) {
        live.put(run, handle);
        handle.onExit().thenRun(() -> ended.add(run));
        if (stopping) {
            handle.stop();
        }
    }
}
