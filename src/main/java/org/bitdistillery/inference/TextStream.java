package org.bitdistillery.inference;

import java.util.List;

/// Hands out a growing text piece by piece, up to the first stop string.
///
/// Held back are the beginning of what may become a stop string, and half a character: tokens may end within one.
public final class TextStream {

    private static final char REPLACEMENT = '\uFFFD';

    private final List<String> stops;
    private int shown;
    private boolean stopped;

    /// @param stops strings that end the text and are not shown; empty ones are ignored
    public TextStream(List<String> stops) {
        this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    }

    public boolean stopped() {
        return stopped;
    }

    /// @param text all of the text so far
    /// @return what can be shown now beyond what has been shown
    public String grow(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == REPLACEMENT) {
            end--;
        }
        for (String stop : stops) {
            int at = text.indexOf(stop);
            if (at >= 0 && at <= end) {
                end = at;
                stopped = true;
            }
        }
        return show(text, stopped ? end : end - beginnings(text, end));
    }

    /// @return what was held back, when nothing more comes
    public String finish(String text) {
        return stopped ? "" : show(text, text.length());
    }

    private String show(String text, int end) {
        if (end <= shown) {
            return "";
        }
        String piece = text.substring(shown, end);
        shown = end;
        return piece;
    }

    /// Length of the longest beginning of a stop string that the text ends with.
    private int beginnings(String text, int end) {
        int most = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, end); length > most; length--) {
                if (text.startsWith(stop.substring(0, length), end - length)) {
                    most = length;
                }
            }
        }
        return most;
    }
}
