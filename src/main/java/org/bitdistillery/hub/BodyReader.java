package org.bitdistillery.hub;

import java.io.IOException;
import java.io.InputStream;

/// Reads the body of an answer, and closes it where nothing comes any more or nobody wants it: a blocked read ends then.
final class BodyReader implements AutoCloseable {

    private static final long ASK_MILLIS = 100;

    private final InputStream body;
    private final Patience patience;
    private final DownloadWatcher watcher;
    private final Thread guard;
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean stalled;
    private volatile boolean cancelled;

    BodyReader(InputStream body, Patience patience, DownloadWatcher watcher) {
        this.body = body;
        this.patience = patience;
        this.watcher = watcher;
        guard = Thread.ofVirtual().name("download guard").start(this::guard);
    }

    /// @return bytes read, or -1 at the end
    /// @throws IOException       where the connection broke, or nothing came for too long
    /// @throws DownloadCancelled where the watcher no longer wants it
    int read(byte[] buffer) throws IOException {
        try {
            int count = body.read(buffer);
            lastNanos = System.nanoTime();
            return count;
        } catch (IOException e) {
            if (cancelled || Thread.currentThread().isInterrupted()) {
                throw new DownloadCancelled();
            }
            throw stalled ? new IOException("no data for " + patience.stall().toSeconds() + " s", e) : e;
        }
    }

    /// All of it, up to a limit, and one byte more where there is more.
    byte[] readUpTo(int limit) throws IOException {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 14];
        for (int count = read(buffer); count >= 0 && all.size() <= limit; count = read(buffer)) {
            all.write(buffer, 0, Math.min(count, limit + 1 - all.size()));
        }
        return all.toByteArray();
    }

    private void guard() {
        try {
            while (!stalled && !cancelled) {
                Thread.sleep(ASK_MILLIS);
                cancelled = !watcher.mayContinue();
                stalled = System.nanoTime() - lastNanos > patience.stall().toNanos();
            }
            body.close();
        } catch (InterruptedException e) {
            // The body was read to its end.
        } catch (IOException e) {
            // A connection that cannot even be closed ends the read by itself.
        }
    }

    @Override
    public void close() throws IOException {
        guard.interrupt();
        body.close();
    }
}
