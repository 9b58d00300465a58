package org.bitdistillery.event;

/// Whether a student can be exported in a format.
///
/// @param format  as `export --format` names it
/// @param runsOn  the program that the format is for
/// @param reason  what that program takes the student for, or what stands in the way
/// @param instead the nearest thing that works; empty where it is possible
public record FormatAnswer(String format, String runsOn, boolean possible, String reason, String instead) {}
