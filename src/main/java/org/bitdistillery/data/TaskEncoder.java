package org.bitdistillery.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;

/// Makes token sequences of a task's rows: beginning of sequence, the prompt around the text, the label's word.
///
/// A label's answer has the same tokens in every row, so that candidates can be scored against each other. A space
/// joins prompt and word unless either brings white space of its own. Rows that are too long lose the beginning of their
/// text, never the prompt around it.
public final class TaskEncoder {

    private final TextTokenizer tokenizer;
    private final String before;
    private final String after;
    private final int bos;
    private final List<int[]> answers;
    /// Tokens at the beginning of a row that are never cut: beginning of sequence, and the prompt before the text.
    private final int head;
    /// The longest prompt. It does not depend on the row's own answer, whose length would give the label away.
    private final int longestPrompt;

    /// @param bos id of the beginning-of-sequence token, negative where the model has none
    /// @param eos id of the end-of-sequence token, negative where the model has none
    /// @throws InvalidInput where two labels cannot be told apart by their tokens, or the prompt leaves the text no room
    public TaskEncoder(TextTokenizer tokenizer, Task task, int bos, int eos) {
        int slot = task.prompt().indexOf(Task.TEXT_SLOT);
        if (slot < 0) {
            throw new InvalidInput("task.prompt must contain " + Task.TEXT_SLOT + ", where the row's text goes.");
        }
        this.tokenizer = tokenizer;
        this.before = task.prompt().substring(0, slot);
        this.after = task.prompt().substring(slot + Task.TEXT_SLOT.length());
        this.bos = bos;
        this.answers = task.labels().values().stream().map(word -> answer(word, eos)).toList();
        requireDistinct(List.copyOf(task.labels().values()));
        this.head = (bos >= 0 ? 1 : 0) + tokenizer.encode(before).length;
        this.longestPrompt = task.maxTokens() - answers.stream().mapToInt(answer -> answer.length).max().orElseThrow();
        int template = head + tokenizer.encode(after).length;
        if (template >= longestPrompt) {
            throw new InvalidInput(
                    "task.maxTokens is %,d, but the prompt and its answer alone take %,d tokens: raise it or shorten task.prompt."
                            .formatted(task.maxTokens(), task.maxTokens() - longestPrompt + template));
        }
    }

    public List<Example> encode(List<TaskRow> rows) {
        return rows.stream().map(this::encode).toList();
    }

    /// A row as the model sees it, at most the task's `maxTokens` long.
    public Example encode(TaskRow row) {
        return new Example(prompt(row.text()), answers.get(row.label()), row.label());
    }

    /// Answer tokens by label index.
    public List<int[]> answers() {
        return answers;
    }

    /// What stands before the answer: at most `maxTokens` less the longest answer.
    public int[] prompt(String text) {
        int[] tokens = tokenizer.encode(before + text + after);
        int[] prompt = bos < 0 ? tokens : IntStream.concat(IntStream.of(bos), Arrays.stream(tokens)).toArray();
        int excess = prompt.length - longestPrompt;
        if (excess <= 0) {
            return prompt;
        }
        return IntStream.concat(Arrays.stream(prompt, 0, head), Arrays.stream(prompt, head + excess, prompt.length)).toArray();
    }

    private int[] answer(String word, int eos) {
        String context = after.isEmpty() ? before + "x" : after;
        boolean spaced = Character.isWhitespace(context.charAt(context.length() - 1)) || Character.isWhitespace(word.charAt(0));
        int[] tokens = tokenizer.encodeContinuation(context, spaced ? word : " " + word);
        return eos < 0 ? tokens : IntStream.concat(Arrays.stream(tokens), IntStream.of(eos)).toArray();
    }

    /// No answer may begin another one either: the shorter would win by its length.
    private void requireDistinct(List<String> words) {
        for (int i = 0; i < answers.size(); i++) {
            for (int j = 0; j < answers.size(); j++) {
                if (i != j && begins(answers.get(i), answers.get(j))) {
                    throw new InvalidInput(
                            "task.labels: this model's tokenizer cannot tell the words \"%s\" and \"%s\" apart: choose others."
                                    .formatted(words.get(i), words.get(j)));
                }
            }
        }
    }

    private static boolean begins(int[] shorter, int[] longer) {
        return shorter.length <= longer.length && Arrays.equals(shorter, 0, shorter.length, longer, 0, shorter.length);
    }
}
