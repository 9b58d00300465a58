package org.bitdistillery.hub;

/// Whoever follows a download; called on the thread that downloads.
public interface DownloadWatcher {

    /// Neither shows anything nor cancels.
    DownloadWatcher SILENT = new DownloadWatcher() { };

    /// Asked several times a second; false cancels.
    default boolean mayContinue() {
        return true;
    }

    default void progressed(DownloadProgress progress) {
    }

    /// Hears a sentence on something that takes time: a pause that the server asked for, another attempt.
    default void noted(String sentence) {
    }
}
