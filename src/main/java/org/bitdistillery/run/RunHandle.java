package org.bitdistillery.run;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.RunEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A run as a window holds it: where it stands, and the three things that can be asked of it.
///
/// What happens in the run is read from its log with [EventTail].
public final class RunHandle {

    /// How a run came to rest.
    ///
    /// @param reason one sentence where it failed or was interrupted, else empty
    public record End(RunState state, String reason) {}

    private static final Logger LOG = LoggerFactory.getLogger(RunHandle.class);
    private static final long LOOK_MILLIS = 300;

    private final RunFolder folder;
    /// Null where another process started the worker.
    private final Process process;
    private final CompletableFuture<End> end = new CompletableFuture<>();

    private RunHandle(RunFolder folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    static RunHandle supervise(RunFolder folder, Process process) {
        RunHandle handle = new RunHandle(folder, process);
        handle.watch(() -> {
            int exitCode = process.waitFor();
            return handle.conclude(() -> Failure.ofWorker(exitCode, folder));
        });
        return handle;
    }

    static RunHandle attach(RunFolder folder) {
        RunHandle handle = new RunHandle(folder, null);
        RunState state = folder.state();
        if (state.isLive()) {
            handle.watch(() -> {
                while (folder.state().isLive()) {
                    Thread.sleep(LOOK_MILLIS);
                }
                return handle.conclude(() -> Failure.ofWorker(folder));
            });
        } else {
            handle.end.complete(new End(state, handle.reason(state)));
        }
        return handle;
    }

    public RunFolder folder() {
        return folder;
    }

    public RunState state() {
        if (end.isDone()) {
            return end.join().state();
        }
        // A child that has not signed in yet is getting ready.
        return folder.workerProcess().isEmpty() ? RunState.RUNNING : folder.state();
    }

    /// Done once the worker is gone, in whatever way; at once where none is at the run.
    public CompletableFuture<End> onExit() {
        return end.copy();
    }

    /// Lets the worker wait before its next step.
    ///
    /// @throws InvalidInput where the run's folder cannot be written, as in the two below
    public void pause() {
        folder.control().request(RunControl.Command.PAUSE);
    }

    /// Lets a paused worker go on.
    public void resume() {
        folder.control().request(RunControl.Command.RUN);
    }

    /// Lets the worker save a checkpoint and end after its current step.
    public void stop() {
        folder.requestStop();
    }

    private interface Watch {
        End untilTheEnd() throws InterruptedException;
    }

    private void watch(Watch watch) {
        Thread.ofVirtual().name("watch " + folder.path().getFileName()).start(() -> {
            try {
                end.complete(watch.untilTheEnd());
            } catch (InterruptedException | RuntimeException e) {
                LOG.warn("Watching {} failed", folder.path(), e);
                end.complete(new End(RunState.INTERRUPTED, "The worker could not be watched any longer. Open the run again."));
            }
        });
    }

    private interface Reason {
        String sentence();
    }

    /// The worker is gone. If it did not say how it ended, that is said in its place.
    private End conclude(Reason silent) {
        RunState state = folder.state();
        if (state == RunState.FINISHED || state == RunState.STOPPED || state == RunState.FAILED) {
            if (saidByThisWorker()) {
                return new End(state, reason(state));
            }
        }
        String reason = silent.sentence();
        logFailure(reason);
        return new End(RunState.INTERRUPTED, reason);
    }

    /// A worker that fell over before its first event leaves the last words of its predecessor at the end of the log.
    private boolean saidByThisWorker() {
        Instant last = EventLog.lastEvent(folder.events()).map(RunEvent::at).orElse(Instant.MIN);
        return WorkerInfo.read(folder.workerFile()).map(worker -> !last.isBefore(worker.startedAt())).orElse(false);
    }

    private void logFailure(String reason) {
        try (WorkerLock lock = WorkerLock.take(folder.lockFile()).orElse(null)) {
            if (lock == null) {
                return;
            }
            try (EventLog log = EventLog.open(folder.events())) {
                log.append(new RunEvent.RunFailed(Instant.now(), null, reason));
            }
        } catch (InvalidInput e) {
            LOG.warn("The end of the run could not be written down: {}", e.getMessage());
        }
    }

    private String reason(RunState state) {
        return switch (state) {
            case FAILED -> folder.failure().orElse("");
            case INTERRUPTED -> Failure.ofWorker(folder);
            default -> "";
        };
    }
}
