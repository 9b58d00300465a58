package org.bitdistillery.data;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How often each piece of a text occurs: what a tokenizer is trained on. A corpus of any size fits: what is rare is
/// forgotten where too much has been seen (lossy counting, Manku and Motwani 2002).
public final class PieceCounts {

    /// Merges never cross these pieces (GPT-2's pre-tokenizer; Hugging Face's `ByteLevel` uses the same expression).
    private static final Pattern PIECES = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);
    private static final int MOST_PIECES = 2_000_000;
    /// Longer runs of letters are no words of any language.
    private static final int LONGEST_PIECE = 256;

    private final int most;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private long floor = 1;

    public PieceCounts() {
        this(MOST_PIECES);
    }

    PieceCounts(int most) {
        this.most = most;
    }

    public void add(String text) {
        Matcher matcher = PIECES.matcher(text);
        while (matcher.find()) {
            if (matcher.end() - matcher.start() <= LONGEST_PIECE) {
                counts.merge(matcher.group(), 1L, Long::sum);
            }
        }
        while (counts.size() > most) {
            long rare = floor++;
            counts.values().removeIf(count -> count <= rare);
        }
    }

    /// Counts in the order in which the pieces were first seen.
    Map<String, Long> counts() {
        return counts;
    }
}
