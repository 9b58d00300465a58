package org.bitdistillery.ui.run;

/// What the window says of the run that it shows.
public enum RunPhase {
    IDLE("Ready"),
    /// A run of the past is being read in.
    OPENING("Opening"),
    STARTING("Starting"),
    RUNNING("Running"),
    PAUSING("Pausing"),
    PAUSED("Paused"),
    STOPPING("Stopping"),
    STOPPED("Stopped"),
    FAILED("Failed"),
    FINISHED("Finished");

    private final String text;

    RunPhase(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    /// Whether a worker is at it.
    public boolean isLive() {
        return this == STARTING || this == RUNNING || this == PAUSING || this == PAUSED || this == STOPPING;
    }

    public boolean canPause() {
        return this == RUNNING;
    }

    public boolean canContinue() {
        return this == PAUSED || this == PAUSING;
    }

    /// Whether a new worker can take the run up again.
    public boolean canResume() {
        return this == STOPPED || this == FAILED;
    }

    public boolean canStop() {
        return isLive() && this != STOPPING;
    }
}
