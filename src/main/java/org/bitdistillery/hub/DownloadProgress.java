package org.bitdistillery.hub;

/// Where a download stands.
///
/// @param file           the file that is fetched, or checked
/// @param fileBytes      of it on this machine
/// @param bytes          of all chosen files on this machine
/// @param bytesPerSecond over the last seconds; 0 while it is not known
public record DownloadProgress(String file, long fileBytes, long fileSize, long bytes, long size, double bytesPerSecond) {

    public double fraction() {
        return size == 0 ? 1 : (double) bytes / size;
    }

    /// Seconds until the end at this speed, or -1 where it is not known.
    public double secondsLeft() {
        return bytesPerSecond <= 0 ? -1 : (size - bytes) / bytesPerSecond;
    }
}
