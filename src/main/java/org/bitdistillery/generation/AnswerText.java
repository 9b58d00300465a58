package org.bitdistillery.generation;

import java.util.Arrays;
import org.bitdistillery.data.TextTokenizer;

/// The text of an answer that grows by tokens. Only the last few tokens are decoded again each time, so that a long answer costs
/// no more a token than a short one.
final class AnswerText {

    private static final char REPLACEMENT = '\uFFFD';

    private final TextTokenizer tokenizer;
    private final StringBuilder settled = new StringBuilder();
    private int[] tokens = new int[64];
    private int count;
    /// Tokens from here to `read` are decoded once more in front of the new ones: what a token reads as may depend on them.
    private int context;
    private int read;

    AnswerText(TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    int tokens() {
        return count;
    }

    /// @return all of the text so far; may end with half a character
    String add(int token) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * count);
        }
        tokens[count++] = token;
        String fresh = fresh();
        boolean whole = !fresh.isEmpty() && fresh.charAt(fresh.length() - 1) != REPLACEMENT;
        if (!whole) {
            return settled + fresh;
        }
        settled.append(fresh);
        context = read;
        read = count;
        return settled.toString();
    }

    private String fresh() {
        String before = decode(context, read);
        String all = decode(context, count);
        return all.length() > before.length() ? all.substring(before.length()) : "";
    }

    private String decode(int from, int to) {
        return from == to ? "" : tokenizer.decode(Arrays.copyOfRange(tokens, from, to));
    }
}
