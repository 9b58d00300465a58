package org.bitdistillery.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.hub.DownloadProgress;
import org.bitdistillery.hub.DownloadWatcher;

/// Shows a download in a terminal: a line each few seconds, one for each file's end.
final class DownloadPrinter implements DownloadWatcher {

    private static final long EVERY_NANOS = 3_000_000_000L;

    private final PrintWriter out;
    private String file = "";
    private long shownNanos = System.nanoTime();

    DownloadPrinter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void progressed(DownloadProgress progress) {
        long now = System.nanoTime();
        boolean ended = !file.isEmpty() && !progress.file().equals(file) || progress.bytes() == progress.size();
        if (ended || now - shownNanos > EVERY_NANOS) {
            shownNanos = now;
            out.println(line(progress));
            out.flush();
        }
        file = progress.file();
    }

    @Override
    public void noted(String sentence) {
        out.println("  note: " + sentence);
        out.flush();
    }

    /// ` 41 %  model.safetensors  492 MiB of 1.11 GiB  12.3 MiB/s  50 s left`.
    private static String line(DownloadProgress progress) {
        String speed = progress.bytesPerSecond() <= 0 ? "" : "  " + Units.bytes(Math.round(progress.bytesPerSecond())) + "/s";
        boolean open = progress.secondsLeft() >= 0 && progress.bytes() < progress.size();
        String left = open ? "  " + Units.duration(progress.secondsLeft()) + " left" : "";
        return String.format(Locale.ROOT, "%3.0f %%  %s  %s of %s%s%s", Math.floor(100 * progress.fraction()), progress.file(),
                Units.bytes(progress.bytes()), Units.bytes(progress.size()), speed, left);
    }
}
