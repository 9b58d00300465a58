package org.bitdistillery.ui.run;

import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import javafx.beans.value.ChangeListener;
import javafx.concurrent.Task;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.run.RunHandle;

/// A run in the list of background tasks. It does nothing but wait; canceling it stops the run.
public final class RunTask extends Task<Void> {

    private final RunViewModel run;
    private final RunHandle handle;
    private final CountDownLatch over = new CountDownLatch(1);
    private final ChangeListener<Number> follow = (_, _, _) -> follow();

    /// For the run that is shown now.
    public RunTask(RunViewModel run) {
        this.run = run;
        handle = run.handleProperty().get();
        updateTitle("Run: " + run.experimentProperty().get().name());
        updateMessage("Starting");
        run.updatesProperty().addListener(follow);
    }

    private void follow() {
        if (run.handleProperty().get() != handle || !run.phaseProperty().get().isLive()) {
            run.updatesProperty().removeListener(follow);
            over.countDown();
            return;
        }
        var progress = run.history().progress();
        updateProgress(progress.fraction(), 1);
        String left = progress.eta(Instant.now()).map(eta -> " · " + Units.duration(eta) + " left").orElse("");
        updateMessage(run.summary() + left);
    }

    @Override
    protected Void call() throws InterruptedException {
        over.await();
        return null;
    }

    @Override
    protected void cancelled() {
        run.updatesProperty().removeListener(follow);
        if (run.handleProperty().get() == handle && run.phaseProperty().get().canStop()) {
            run.stop();
        }
    }
}
