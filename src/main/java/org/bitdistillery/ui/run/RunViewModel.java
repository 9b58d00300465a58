package org.bitdistillery.ui.run;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.bitdistillery.analysis.RunHistory;
import org.bitdistillery.analysis.RunProgress;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.run.RunArchive;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.run.RunHandle;
import org.bitdistillery.run.RunState;

/// The run that the window shows: starts it, asks things of it, follows it. It knows no more of a run than its folder
/// holds, so that a run of yesterday looks like the one that is going.
public final class RunViewModel implements AutoCloseable {

    /// Far below the 100 ms that a pulse may take, so that a long log is read in without the window freezing.
    private static final long DRAIN_NANOS = 12_000_000;

    private final RunExecutor executor;
    private final Path runs;
    private final Executor window;
    private final ReadOnlyObjectWrapper<RunHandle> handle = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<Experiment> experiment = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<RunPhase> phase = new ReadOnlyObjectWrapper<>(RunPhase.IDLE);
    private final ReadOnlyStringWrapper failure = new ReadOnlyStringWrapper("");
    private final ReadOnlyLongWrapper updates = new ReadOnlyLongWrapper();
    private RunHistory history = new RunHistory();
    private RunFeed feed;
    private RunPhase asked;
    private Instant workerSince = Instant.EPOCH;

    /// @param runs   folder of the runs
    /// @param window runs what it is given on the thread that owns the properties
    public RunViewModel(RunExecutor executor, Path runs, Executor window) {
        this.executor = executor;
        this.runs = runs;
        this.window = window;
    }

    /// Starts a run in a new folder and follows it.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where the folder cannot be made
    public void start(Experiment experiment) {
        workerSince = Instant.now();
        follow(executor.start(experiment, RunFolder.defaultPath(runs, experiment.name(), LocalDateTime.now())));
    }

    /// Shows a run that is over, or one that is still going.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where there is no run
    public void open(Path folder) {
        RunHandle opened = executor.attach(folder);
        opened.folder().experiment();
        workerSince = Instant.EPOCH;
        follow(opened);
    }

    /// Puts a new worker on the run that is shown.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where the run cannot go on
    public void resumeRun() {
        Path folder = handle.get().folder().path();
        Instant now = Instant.now();
        RunHandle resumed = executor.resume(folder);
        workerSince = now;
        follow(resumed);
    }

    public void pause() {
        handle.get().pause();
        ask(RunPhase.PAUSING);
    }

    /// Lets a paused run go on.
    public void goOn() {
        handle.get().resume();
        ask(null);
    }

    public void stop() {
        handle.get().stop();
        ask(RunPhase.STOPPING);
    }

    /// Shows no run any more; a worker that is at it goes on.
    @Override
    public void close() {
        if (feed != null) {
            feed.close();
            feed = null;
        }
        handle.set(null);
        experiment.set(null);
        history = new RunHistory();
        asked = null;
        update();
    }

    /// Runs of the folder, newest first. Reads files: not for the window's thread.
    public List<RunArchive.Entry> pastRuns() {
        return RunArchive.list(runs);
    }

    public Path runs() {
        return runs;
    }

    public RunHistory history() {
        return history;
    }

    /// The run's folder, if one is shown.
    public Optional<RunFolder> folder() {
        return Optional.ofNullable(handle.get()).map(RunHandle::folder);
    }

    /// The run that is shown, or null.
    public ReadOnlyObjectProperty<RunHandle> handleProperty() {
        return handle.getReadOnlyProperty();
    }

    /// The configuration of the run that is shown, or null.
    public ReadOnlyObjectProperty<Experiment> experimentProperty() {
        return experiment.getReadOnlyProperty();
    }

    public ReadOnlyObjectProperty<RunPhase> phaseProperty() {
        return phase.getReadOnlyProperty();
    }

    /// Why the run failed, in one sentence; empty where it did not.
    public ReadOnlyStringProperty failureProperty() {
        return failure.getReadOnlyProperty();
    }

    /// Changes whenever [#history] has changed; several events together change it once.
    public ReadOnlyLongProperty updatesProperty() {
        return updates.getReadOnlyProperty();
    }

    private void follow(RunHandle next) {
        close();
        experiment.set(next.folder().experiment());
        handle.set(next);
        feed = new RunFeed(next, () -> window.execute(() -> drain(next)));
        update();
        feed.start();
        next.onExit().thenRun(() -> window.execute(() -> drain(next)));
    }

    private void drain(RunHandle source) {
        if (feed == null || source != handle.get()) {
            return;
        }
        feed.drain(history::accept, DRAIN_NANOS);
        update();
    }

    private void ask(RunPhase request) {
        asked = request;
        update();
    }

    private void update() {
        phase.set(currentPhase());
        failure.set(phase.get() == RunPhase.FAILED ? failureSentence() : "");
        updates.set(updates.get() + 1);
    }

    private RunPhase currentPhase() {
        RunHandle run = handle.get();
        if (run == null) {
            return RunPhase.IDLE;
        }
        if (run.onExit().isDone()) {
            if (feed.isComplete()) {
                return ended(run.onExit().join().state());
            }
            return phase.get().isLive() || phase.get() == RunPhase.FINISHED ? phase.get() : RunPhase.OPENING;
        }
        RunPhase logged = logged();
        if (logged == RunPhase.PAUSED && asked == RunPhase.PAUSING) {
            asked = null;
        }
        return logged == RunPhase.FINISHED || asked == null ? logged : asked;
    }

    private RunPhase logged() {
        if (history.lastAt().map(at -> at.isBefore(workerSince)).orElse(true)) {
            return RunPhase.STARTING;
        }
        return switch (history.progress().phase()) {
            case WAITING -> RunPhase.STARTING;
            case RUNNING -> RunPhase.RUNNING;
            case PAUSED -> RunPhase.PAUSED;
            case STOPPED -> RunPhase.STOPPING;
            case FAILED -> RunPhase.FAILED;
            case FINISHED -> RunPhase.FINISHED;
        };
    }

    private static RunPhase ended(RunState state) {
        return switch (state) {
            case FINISHED -> RunPhase.FINISHED;
            case FAILED, INTERRUPTED -> RunPhase.FAILED;
            case NEW, STOPPED, RUNNING, PAUSED -> RunPhase.STOPPED;
        };
    }

    private String failureSentence() {
        String reason = handle.get().onExit().isDone() ? handle.get().onExit().join().reason() : "";
        return reason.isEmpty() ? history.failure().orElse("The run failed. Its worker.log says more.") : reason;
    }

    /// The moment at which the run is looked at: now while it goes, its last event once it is over.
    public Instant clock() {
        return phase.get().isLive() ? Instant.now() : history.lastAt().orElseGet(Instant::now);
    }

    /// One line on where the run stands.
    public String summary() {
        RunProgress progress = history.progress();
        String percent = Math.round(100 * progress.fraction()) + " %";
        return switch (phase.get()) {
            case IDLE, OPENING -> phase.get().text();
            case STARTING -> "Starting the worker";
            case FINISHED -> "Finished";
            case STOPPED, FAILED -> phase.get().text() + " at " + percent;
            default -> phase.get().text() + progress.current().map(stage -> " · " + stage.title()).orElse("") + " · " + percent;
        };
    }
}
