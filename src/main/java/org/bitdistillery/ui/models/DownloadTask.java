package org.bitdistillery.ui.models;

import java.util.concurrent.CountDownLatch;
import javafx.beans.value.ChangeListener;
import javafx.concurrent.Task;
import org.bitdistillery.hub.DownloadProgress;

/// A download in the list of background tasks. It does nothing but wait; canceling it cancels the download.
public final class DownloadTask extends Task<Void> {

    private final DownloadViewModel download;
    private final CountDownLatch over = new CountDownLatch(1);
    private final ChangeListener<DownloadViewModel.State> end = (_, _, state) -> endWith(state);
    private final ChangeListener<DownloadProgress> follow = (_, _, now) -> follow(now);

    /// For the download that goes on now.
    public DownloadTask(DownloadViewModel download) {
        this.download = download;
        updateTitle("Download: " + download.nameProperty().get());
        updateMessage("Starting");
        download.stateProperty().addListener(end);
        download.progressProperty().addListener(follow);
    }

    private void endWith(DownloadViewModel.State state) {
        if (!state.isBusy()) {
            download.stateProperty().removeListener(end);
            download.progressProperty().removeListener(follow);
            over.countDown();
        }
    }

    private void follow(DownloadProgress now) {
        if (now != null) {
            updateProgress(now.bytes(), now.size());
            updateMessage(DownloadPane.text(now).lines().findFirst().orElse(""));
        }
    }

    @Override
    protected Void call() throws InterruptedException {
        over.await();
        return null;
    }

    @Override
    protected void cancelled() {
        download.cancel();
    }
}
