package org.bitdistillery.data.table;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Interrupts the thread that works under it when one piece of work takes too long, for libraries that may wait for ever.
///
/// One daemon thread watches for as long as the deadline is open; a piece of work costs it nothing.
final class Deadline implements AutoCloseable {

    private final Duration patience;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Thread working;
    private long pieces;
    private boolean late;

    Deadline(Duration patience) {
        this.patience = patience;
        Thread.ofPlatform().daemon().name("deadline").start(this::watch);
    }

    /// @return the work's result
    /// @throws RuntimeException what the work throws, where it was interrupted too; [#isLate] tells then
    <T> T within(Supplier<T> work) {
        synchronized (this) {
            working = Thread.currentThread();
            pieces++;
        }
        try {
            return work.get();
        } finally {
            synchronized (this) {
                working = null;
                if (late) {
                    Thread.interrupted();
                }
            }
        }
    }

    /// Whether some work was interrupted.
    synchronized boolean isLate() {
        return late;
    }

    private void watch() {
        long seen = -1;
        try {
            while (!closed.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                synchronized (this) {
                    if (working != null && pieces == seen) {
                        late = true;
                        working.interrupt();
                    }
                    seen = pieces;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
