package org.bitdistillery.event;

/// One thing that was looked at before a run.
///
/// @param subject what was looked at, one or two words
/// @param finding one sentence
/// @param remedy  what to do about it; empty for green
/// @param field   path of the setting that it is about; may be empty
public record PreflightCheck(Level level, String subject, String finding, String remedy, String field) {

    /// Green can go on, amber should be known, red stops the run.
    public enum Level { GREEN, AMBER, RED }

    public static PreflightCheck green(String subject, String finding) {
        return new PreflightCheck(Level.GREEN, subject, finding, "", "");
    }

    public static PreflightCheck amber(String subject, String finding, String remedy, String field) {
        return new PreflightCheck(Level.AMBER, subject, finding, remedy, field);
    }

    public static PreflightCheck red(String subject, String finding, String remedy, String field) {
        return new PreflightCheck(Level.RED, subject, finding, remedy, field);
    }
}
