package org.bitdistillery.ui;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javafx.application.Platform;

/// Watches how long the window's thread takes to answer: while it does not, no pulse is drawn and no click is heard.
///
/// It asks twenty times a second, which costs next to nothing; a timer that runs in each pulse would keep the window
/// drawing while a worker needs the cores.
public final class PulseMonitor implements AutoCloseable {

    private static final long EVERY_MILLIS = 50;

    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicBoolean waiting = new AtomicBoolean();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("pulse monitor").factory());

    public void start() {
        clock.scheduleAtFixedRate(this::ask, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// The longest time without an answer since the start or the last [#reset].
    public double longestMillis() {
        return longestNanos.get() / 1e6;
    }

    public void reset() {
        longestNanos.set(0);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private void ask() {
        if (waiting.compareAndSet(false, true)) {
            long asked = System.nanoTime();
            Platform.runLater(() -> {
                waiting.set(false);
                longestNanos.accumulateAndGet(System.nanoTime() - asked, Math::max);
            });
        }
    }
}
