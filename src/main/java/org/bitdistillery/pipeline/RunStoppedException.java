package org.bitdistillery.pipeline;

/// The user stopped the run; what was done so far is kept and can be resumed.
public final class RunStoppedException extends RuntimeException {

    public RunStoppedException() {
        super("The run was stopped.");
    }
}
