package org.bitdistillery.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;

/// Makes token sequences of a task's rows: beginning of sequence, the prompt around the texts, the answer.
///
/// In a classification the answer is the label's word, with the same tokens in every row, so that candidates can be scored
/// against each other. In a generation task it is the reference, ended by the end-of-sequence token and cut to the longest
/// answer. A space joins prompt and answer unless either brings white space of its own or a chat template says how they are joined.
public final class TaskEncoder {

    private final TextTokenizer tokenizer;
    private final PromptTemplate template;
    private final boolean chat;
    private final int bos;
    private final int eos;
    private final List<int[]> answers;
    private final int longestAnswer;
    /// The longest prompt. It does not depend on the row's own answer, whose length would give the answer away.
    private final int longestPrompt;

    /// One without a chat template.
    ///
    /// @throws InvalidInput as the other
    public TaskEncoder(TextTokenizer tokenizer, Task task, int bos, int eos) {
        this(tokenizer, task, TaskPrompt.plain(task), bos, eos);
    }

    /// @param prompt the task's, as the model gets it
    /// @param bos id of the beginning-of-sequence token, negative where the model has none
    /// @param eos id of the end-of-sequence token, negative where the model has none
    /// @throws InvalidInput where two labels cannot be told apart by their tokens, the prompt leaves the texts no room, or a
    ///                      generated answer could not end
    public TaskEncoder(TextTokenizer tokenizer, Task task, TaskPrompt prompt, int bos, int eos) {
        if (!task.prompt().contains(Task.TEXT_SLOT)) {
            throw new InvalidInput("task.prompt must contain " + Task.TEXT_SLOT + ", where the row's text goes.");
        }
        this.tokenizer = tokenizer;
        this.template = new PromptTemplate(task, prompt, tokenizer);
        this.chat = prompt.chat();
        this.bos = bos;
        this.eos = eos;
        if (task.kind() == Task.Kind.GENERATION) {
            requireEnd();
            this.answers = List.of();
            this.longestAnswer = task.maxAnswerTokens();
        } else {
            List<String> words = List.copyOf(task.labels().values());
            this.answers = words.stream().map(this::answer).toList();
            requireDistinct(words);
            this.longestAnswer = answers.stream().mapToInt(answer -> answer.length).max().orElseThrow();
        }
        this.longestPrompt = task.maxTokens() - longestAnswer;
        requireRoom(task);
    }

    private void requireEnd() {
        if (eos < 0) {
            throw new InvalidInput("The model's config.json names no eos_token_id, without which a generated answer cannot end: add it.");
        }
    }

    private void requireRoom(Task task) {
        int own = (bos >= 0 ? 1 : 0) + template.ownTokens();
        int texts = task.pairColumns().isEmpty() ? 1 : 2;
        if (own + texts > longestPrompt) {
            throw new InvalidInput(("task.maxTokens is %,d, but the prompt's own tokens (%,d) and those of the longest answer (%,d) leave"
                    + " the text no room: raise it, or shorten task.prompt%s.").formatted(task.maxTokens(), own, longestAnswer,
                            task.kind() == Task.Kind.GENERATION ? " or lower task.maxAnswerTokens" : ""));
        }
    }

    /// A row's prompt with its answer behind it, as plain text.
    ///
    /// @param words of the labels, by index
    public static String asText(Task task, TaskRow row, List<String> words) {
        String answer = row.label() == TaskRow.NO_LABEL ? row.reference() : words.get(row.label());
        return PromptTemplate.filled(task.prompt(), row.text(), row.pair()) + " " + answer;
    }

    public List<Example> encode(List<TaskRow> rows) {
        return rows.stream().map(this::encode).toList();
    }

    /// A row as the model sees it, at most the task's `maxTokens` long.
    public Example encode(TaskRow row) {
        int[] answer = row.label() == TaskRow.NO_LABEL ? answer(row.reference()) : answers.get(row.label());
        return new Example(prompt(row), Arrays.copyOf(answer, Math.min(answer.length, longestAnswer)), row.label());
    }

    /// Tokens of a row and its answer before anything is cut.
    public int wholeLength(TaskRow row) {
        int[] answer = row.label() == TaskRow.NO_LABEL ? answer(row.reference()) : answers.get(row.label());
        return (bos < 0 ? 0 : 1) + tokenizer.encode(wholePrompt(row)).length + answer.length;
    }

    /// A row's prompt before anything is cut.
    public String wholePrompt(TaskRow row) {
        return template.filled(row);
    }

    /// Answer tokens by label index; empty in a generation task.
    public List<int[]> answers() {
        return answers;
    }

    /// The most tokens that an answer can have.
    public int longestAnswer() {
        return longestAnswer;
    }

    /// What stands before the answer: at most `maxTokens` less the longest answer.
    public int[] prompt(TaskRow row) {
        if (bos < 0) {
            return template.tokens(row, longestPrompt);
        }
        return IntStream.concat(IntStream.of(bos), Arrays.stream(template.tokens(row, longestPrompt - 1))).toArray();
    }

    private int[] answer(String text) {
        String context = template.ending();
        boolean spaced = chat || Character.isWhitespace(context.charAt(context.length() - 1)) || Character.isWhitespace(text.charAt(0));
        int[] tokens = tokenizer.encodeContinuation(context, spaced ? text : " " + text);
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
