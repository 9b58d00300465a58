package org.bitdistillery.hub;

/// Adds up what has arrived and tells the watcher a few times a second.
final class Meter {

    private static final long EVERY_NANOS = 200_000_000;
    private static final double SMOOTHING = 0.25;

    private final DownloadWatcher watcher;
    private final long size;
    private long before;
    private String file = "";
    private long fileSize;
    private long fileBytes;
    private long toldNanos;
    private long arrived;
    private double speed;

    /// @param size bytes of all files
    Meter(DownloadWatcher watcher, long size) {
        this.watcher = watcher;
        this.size = size;
    }

    void begin(HubFile next, long present) {
        file = next.path();
        fileSize = next.size();
        fileBytes = present;
        tell();
    }

    /// What is here of the file now, which is less where it has to begin anew.
    void at(long bytes) {
        fileBytes = bytes;
    }

    void arrived(int count) {
        fileBytes += count;
        arrived += count;
        if (System.nanoTime() - toldNanos > EVERY_NANOS) {
            tell();
        }
    }

    void end() {
        before += fileSize;
        fileBytes = 0;
        fileSize = 0;
        tell();
    }

    private void tell() {
        long now = System.nanoTime();
        double seconds = (now - toldNanos) / 1e9;
        if (toldNanos > 0 && arrived > 0 && seconds > 0) {
            double latest = arrived / seconds;
            speed = speed == 0 ? latest : speed + SMOOTHING * (latest - speed);
            arrived = 0;
        }
        toldNanos = now;
        watcher.progressed(new DownloadProgress(file, fileBytes, fileSize, before + fileBytes, size, speed));
    }
}
