package org.bitdistillery.analysis;

import org.bitdistillery.event.StageId;

/// Where one stage of a run stands.
///
/// @param fraction 0..1
/// @param step     optimizer steps done, of `steps`; both 0 for a stage that does not train
/// @param seconds  what the stage took, 0 until it is done
/// @param reused   whether an earlier worker had finished it
/// @param detail   one line for people, may be empty
public record StageStatus(
        StageId stage, State state, double fraction, long step, long steps, double seconds, boolean reused, String detail) {

    public enum State { OFF, WAITING, RUNNING, DONE, FAILED }

    static StageStatus off(StageId stage) {
        return new StageStatus(stage, State.OFF, 0, 0, 0, 0, false, "");
    }

    static StageStatus waiting(StageId stage, long steps) {
        return new StageStatus(stage, State.WAITING, 0, 0, steps, 0, false, "");
    }

    StageStatus running(long step, long steps, String detail) {
        return new StageStatus(stage, State.RUNNING, steps > 0 ? share(step, steps) : 0, step, steps, 0, false, detail);
    }

    StageStatus atStep(long step) {
        return new StageStatus(stage, State.RUNNING, share(step, steps), step, steps, seconds, reused, detail);
    }

    StageStatus atFraction(double fraction, String detail) {
        return new StageStatus(stage, State.RUNNING, Math.clamp(fraction, 0, 1), step, steps, seconds, reused, detail);
    }

    StageStatus done(double seconds, boolean reused) {
        return new StageStatus(stage, State.DONE, 1, steps, steps, seconds, reused, detail);
    }

    StageStatus failed() {
        return new StageStatus(stage, State.FAILED, fraction, step, steps, seconds, reused, detail);
    }

    private static double share(long step, long steps) {
        return steps <= 0 ? 0 : Math.clamp((double) step / steps, 0, 1);
    }
}
