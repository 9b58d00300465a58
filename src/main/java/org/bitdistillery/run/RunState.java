package org.bitdistillery.run;

/// Where a run stands, as its folder tells.
public enum RunState {
    /// Configured, and no worker has begun.
    NEW("not started"),
    RUNNING("running"),
    /// A worker waits, with everything in memory, for a word to go on.
    PAUSED("paused"),
    /// The user ended it early.
    STOPPED("stopped"),
    FAILED("failed"),
    FINISHED("finished"),
    /// The worker is gone and did not say why: killed, crashed, or the machine went down.
    INTERRUPTED("interrupted");

    private final String text;

    RunState(String text) {
        this.text = text;
    }

    /// The state in words.
    public String text() {
        return text;
    }

    /// Whether a worker is at it.
    public boolean isLive() {
        return this == RUNNING || this == PAUSED;
    }

    /// Whether a new worker can take it up.
    public boolean canResume() {
        return !isLive() && this != FINISHED;
    }
}
