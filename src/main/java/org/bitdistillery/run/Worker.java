package org.bitdistillery.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.pipeline.RunStoppedException;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.platform.Machine;
import org.bitdistillery.platform.OpenMp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Works on one run, in the process that calls it: takes the run's lock, records the environment, does the job, writes
/// down what happens and obeys the run's control file.
public final class Worker {

    /// What is to be done, as [org.bitdistillery.pipeline.Pipeline] does it.
    @FunctionalInterface
    public interface Job {

        /// @param events      takes everything that happens, [RunEvent.RunFinished] at the end included
        /// @param mayContinue asked before every step: waits while the run is paused, false to stop
        /// @throws RunStoppedException where `mayContinue` was false
        /// @throws InvalidInput        where something that the user gave stands in the way
        Results run(Experiment experiment, Path folder, Consumer<RunEvent> events, BooleanSupplier mayContinue);
    }

    /// How a worker's part of a run ended.
    ///
    /// @param message one sentence on a failure, else empty
    /// @param results null unless the run finished
    public record Outcome(RunState state, String message, Results results) {}

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final long PAUSE_MILLIS = 50;

    private final RunFolder folder;
    private final EventLog log;
    private final Consumer<RunEvent> listener;
    private final RunControl control;
    private StageId stage;
    private boolean paused;
    private boolean over;

    private Worker(RunFolder folder, EventLog log, Consumer<RunEvent> listener) {
        this.folder = folder;
        this.log = log;
        this.listener = listener;
        this.control = folder.control();
    }

    /// Works until the run is finished, has failed or was stopped.
    ///
    /// @param listener sees every event after it has been written
    /// @throws InvalidInput where the run cannot be taken up: another worker is at it, it is finished, its folder cannot
    ///                      be written
    public static Outcome work(RunFolder folder, Job job, Consumer<RunEvent> listener) {
        Experiment experiment = folder.experiment();
        try (WorkerLock _ = WorkerLock.take(folder.lockFile()).orElseThrow(folder::busy)) {
            if (EventLog.lastEvent(folder.events()).orElse(null) instanceof RunEvent.RunFinished) {
                throw new InvalidInput(folder.path() + " is finished already, there is nothing to resume. Start a new run.");
            }
            AtomicFiles.write(folder.workerFile(), EventJson.MAPPER.writeValueAsString(WorkerInfo.ofThisProcess()));
            String waitPolicy = OpenMp.setWaitPolicy(experiment.compute().openMpWait());
            AtomicFiles.write(folder.environment(), EventJson.MAPPER.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(RunEnvironment.of(experiment, waitPolicy)) + "\n");
            try (EventLog log = EventLog.open(folder.events())) {
                return new Worker(folder, log, listener).work(experiment, job);
            }
        }
    }

    private Outcome work(Experiment experiment, Job job) {
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
        sampler.scheduleAtFixedRate(this::sampleResources, 0, 1, TimeUnit.SECONDS);
        try {
            Results results = job.run(experiment, folder.path(), this::emit, this::mayContinue);
            return new Outcome(RunState.FINISHED, "", results);
        } catch (RunStoppedException e) {
            emit(new RunEvent.RunStopped(Instant.now()));
            return new Outcome(RunState.STOPPED, "", null);
        } catch (InvalidInput e) {
            return fail(e.getMessage(), e);
        } catch (Throwable e) {
            return fail(Failure.sentence(e, stage, folder), e);
        } finally {
            sampler.shutdownNow();
        }
    }

    private synchronized void emit(RunEvent event) {
        if (over) {
            return;
        }
        switch (event) {
            case RunEvent.StageStarted started -> stage = started.stage();
            case RunEvent.RunFinished _, RunEvent.RunStopped _, RunEvent.RunFailed _ -> over = true;
            default -> { }
        }
        log.append(event);
        listener.accept(event);
    }

    /// A paused run says nothing, so that the last line of its log is that it is paused.
    private synchronized void sampleResources() {
        long bytes = Machine.residentBytes();
        if (bytes >= 0 && !paused) {
            emit(new RunEvent.ResourcesSampled(Instant.now(), bytes));
        }
    }

    private boolean mayContinue() {
        if (control.requested() == RunControl.Command.PAUSE) {
            setPaused(true);
            while (control.requested() == RunControl.Command.PAUSE) {
                sleep();
            }
            if (control.requested() == RunControl.Command.RUN) {
                setPaused(false);
            }
        }
        return control.requested() != RunControl.Command.STOP;
    }

    private synchronized void setPaused(boolean now) {
        emit(now ? new RunEvent.RunPaused(Instant.now()) : new RunEvent.RunResumed(Instant.now()));
        paused = now;
    }

    private static void sleep() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new RunStoppedException();
        }
    }

    private Outcome fail(String message, Throwable cause) {
        writeStackTrace(cause);
        try {
            emit(new RunEvent.RunFailed(Instant.now(), stage, message));
        } catch (InvalidInput e) {
            LOG.warn("The failure could not be written to the log: {}", e.getMessage());
        }
        return new Outcome(RunState.FAILED, message, null);
    }

    private void writeStackTrace(Throwable cause) {
        try (var out = new PrintWriter(Files.newBufferedWriter(folder.log(), StandardCharsets.UTF_8, StandardOpenOption.CREATE,
                StandardOpenOption.APPEND))) {
            out.println(Instant.now() + " the run failed");
            cause.printStackTrace(out);
        } catch (IOException e) {
            LOG.warn("{} cannot be written: {}", folder.log(), e.getMessage());
        }
    }
}
