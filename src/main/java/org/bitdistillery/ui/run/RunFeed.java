package org.bitdistillery.ui.run;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.run.EventTail;
import org.bitdistillery.run.RunHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries a run's events from its log to the window: a thread reads the log into a bounded buffer, the window empties
/// the buffer when it is ready to draw. A full buffer makes the reader wait; nothing is lost, because the log stays.
final class RunFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunFeed.class);
    private static final int CAPACITY = 4096;
    /// Five pictures a second look live; more would take the cores from the worker.
    private static final long LOOK_MILLIS = 200;

    private final RunHandle handle;
    private final Runnable wake;
    private final BlockingQueue<RunEvent> buffer = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Thread reader;
    private volatile boolean complete;

    /// @param wake called from the reader's thread when there is something to drain, and not again before it was drained
    RunFeed(RunHandle handle, Runnable wake) {
        this.handle = handle;
        this.wake = wake;
        reader = Thread.ofPlatform().daemon().name("events of " + handle.folder().path().getFileName()).unstarted(this::read);
    }

    void start() {
        reader.start();
    }

    /// Hands out what is buffered, for at most `budgetNanos`; wakes again where something is left.
    void drain(Consumer<RunEvent> events, long budgetNanos) {
        woken.set(false);
        long end = System.nanoTime() + budgetNanos;
        for (RunEvent event = buffer.poll(); event != null; event = buffer.poll()) {
            events.accept(event);
            if (System.nanoTime() >= end) {
                break;
            }
        }
        if (!buffer.isEmpty()) {
            wakeOnce();
        }
    }

    /// Whether the run is over and everything that it logged was drained.
    boolean isComplete() {
        return complete && buffer.isEmpty();
    }

    @Override
    public void close() {
        reader.interrupt();
    }

    private void read() {
        EventTail tail = new EventTail(handle.folder().events());
        try {
            while (!complete) {
                boolean over = handle.onExit().isDone();
                List<RunEvent> events = tail.poll();
                for (RunEvent event : events) {
                    if (!buffer.offer(event)) {
                        wakeOnce();
                        buffer.put(event);
                    }
                }
                complete = over && events.isEmpty();
                if (complete || !events.isEmpty()) {
                    wakeOnce();
                }
                if (!over) {
                    Thread.sleep(LOOK_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("No longer following {}", handle.folder().path());
        } catch (InvalidInput e) {
            LOG.warn("The events of {} cannot be followed: {}", handle.folder().path(), e.getMessage());
        }
    }

    private void wakeOnce() {
        if (woken.compareAndSet(false, true)) {
            wake.run();
        }
    }
}
