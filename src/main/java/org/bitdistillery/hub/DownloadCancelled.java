package org.bitdistillery.hub;

/// Thrown where whoever watches a download no longer wants it. What has arrived is kept.
public final class DownloadCancelled extends RuntimeException {

    public DownloadCancelled() {
        super("The download was cancelled. What has arrived is kept: download again to go on.");
    }
}
