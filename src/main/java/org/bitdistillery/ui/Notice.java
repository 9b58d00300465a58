package org.bitdistillery.ui;

/// A sentence that stays above the page until it is settled.
///
/// @param action what its button says; empty for no button
/// @param run    what its button does
public record Notice(Kind kind, String text, String action, Runnable run) {

    public enum Kind { INFORMATION, WARNING, ERROR }

    static Notice error(String text) {
        return new Notice(Kind.ERROR, text, "", () -> { });
    }
}
