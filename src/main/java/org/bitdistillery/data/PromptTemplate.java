package org.bitdistillery.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitdistillery.config.Task;

/// A task's prompt with its places for a row's text and pair.
///
/// A row that is too long loses tokens of the longer text first; what stands around the texts stays whole. A classified
/// text loses its beginning. A text to be answered with another one loses its end, since news tell first what matters most.
final class PromptTemplate {

    private static final Pattern SLOT = Pattern.compile(Pattern.quote(Task.TEXT_SLOT) + "|" + Pattern.quote(Task.PAIR_SLOT));

    private final String prompt;
    private final boolean keepsBeginning;
    private final TextTokenizer tokenizer;

    PromptTemplate(Task task, TaskPrompt prompt, TextTokenizer tokenizer) {
        this.prompt = prompt.text();
        this.keepsBeginning = task.kind() == Task.Kind.GENERATION;
        this.tokenizer = tokenizer;
    }

    /// A prompt with both texts in their places. What the texts say is never taken for a place.
    static String filled(String prompt, String text, String pair) {
        return SLOT.matcher(prompt).replaceAll(
                slot -> Matcher.quoteReplacement(slot.group().equals(Task.TEXT_SLOT) ? text : pair));
    }

    String filled(TaskRow row) {
        return filled(prompt, row.text(), row.pair());
    }

    /// What stands directly before the answer, as far as it is the same in every row: the prompt behind the last text.
    String ending() {
        List<String> literals = new ArrayList<>(Arrays.asList(SLOT.split(prompt, -1)));
        String last = literals.removeLast();
        return last.isEmpty() ? literals.getLast() + "x" : last;
    }

    /// Tokens of the prompt itself.
    int ownTokens() {
        return Arrays.stream(SLOT.split(prompt, -1)).mapToInt(literal -> tokenizer.encode(literal).length).sum();
    }

    /// A row's prompt, at most `most` tokens long.
    int[] tokens(TaskRow row, int most) {
        int[] tokens = tokenizer.encode(filled(prompt, row.text(), row.pair()));
        if (tokens.length <= most) {
            return tokens;
        }
        Shortened text = new Shortened(row.text());
        Shortened pair = new Shortened(row.pair());
        while (tokens.length > most && text.kept + pair.kept > 0) {
            int left = Math.max(0, text.kept + pair.kept - (tokens.length - most));
            int ofText = Math.min(text.kept, Math.max(left - left / 2, left - pair.kept));
            text.kept = ofText;
            pair.kept = left - ofText;
            tokens = tokenizer.encode(filled(prompt, text.text(), pair.text()));
        }
        return Arrays.copyOfRange(tokens, Math.max(0, tokens.length - most), tokens.length);
    }

    /// A text of which some tokens are kept.
    private final class Shortened {
        private final String whole;
        private final int[][] spans;
        private int kept;

        Shortened(String whole) {
            this.whole = whole;
            this.spans = tokenizer.spans(whole);
            this.kept = spans.length;
        }

        String text() {
            if (kept == spans.length) {
                return whole;
            }
            if (kept == 0) {
                return "";
            }
            return (keepsBeginning ? whole.substring(0, spans[kept - 1][1]) : whole.substring(spans[spans.length - kept][0])).strip();
        }
    }
}
