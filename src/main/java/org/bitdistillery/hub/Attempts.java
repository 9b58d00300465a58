package org.bitdistillery.hub;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.bitdistillery.analysis.Units;

/// Counts attempts that failed in a row, and waits before the next one.
final class Attempts {

    private static final long ASK_MILLIS = 50;

    private final Patience patience;
    private final DownloadWatcher watcher;
    private int failed;

    Attempts(Patience patience, DownloadWatcher watcher) {
        this.patience = patience;
        this.watcher = watcher;
    }

    /// Forgets the attempts that failed: something has arrived.
    void progressed() {
        failed = 0;
    }

    /// Waits, or gives up.
    ///
    /// @param what  went wrong, the beginning of a sentence for the watcher
    /// @param asked how long the server asks to wait, where it does
    /// @param end   what to throw in the end
    void failed(String what, Optional<Duration> asked, Supplier<? extends RuntimeException> end) {
        failed++;
        if (failed >= patience.attempts() || asked.isPresent() && asked.get().compareTo(patience.longestWait()) > 0) {
            throw end.get();
        }
        Duration pause = asked.orElseGet(() -> patience.pause(failed, ThreadLocalRandom.current().nextDouble()));
        watcher.noted(what + "; attempt " + (failed + 1) + " of " + patience.attempts() + " in " + Units.duration(pause) + ".");
        sleep(pause);
    }

    private void sleep(Duration pause) {
        long end = System.nanoTime() + pause.toNanos();
        for (long left = pause.toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            if (!watcher.mayContinue()) {
                throw new DownloadCancelled();
            }
            try {
                Thread.sleep(Math.min(left, ASK_MILLIS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DownloadCancelled();
            }
        }
    }
}
