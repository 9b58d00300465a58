package org.bitdistillery.data;

/// One row of a task: what is asked, and what should be answered.
///
/// @param pair      the second text of a pair; empty where rows have one text
/// @param label     index of the label, or [#NO_LABEL] in a generation task and where it is to be found out
/// @param reference the text that a generation task should answer; empty in a classification
public record TaskRow(String text, String pair, int label, String reference) {

    public static final int NO_LABEL = -1;

    public static TaskRow labeled(String text, int label) {
        return labeled(text, "", label);
    }

    public static TaskRow labeled(String text, String pair, int label) {
        return new TaskRow(text, pair, label, "");
    }

    public static TaskRow answered(String text, String pair, String reference) {
        return new TaskRow(text, pair, NO_LABEL, reference);
    }

    /// All that is asked: the text, and behind a line break its pair.
    public String question() {
        return pair.isEmpty() ? text : text + "\n" + pair;
    }
}
