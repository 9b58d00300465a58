package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskEncoderTest {

    @TempDir
    Path folder;

    /// Without merges every byte is a token, id 2 + byte, so that sequences can be written down by hand.
    private TextTokenizer bytes() throws Exception {
        Files.writeString(folder.resolve("tokenizer.json"), BpeTrainer.train(List.of("a"), BpeTrainer.SMALLEST_VOCABULARY));
        return TextTokenizer.load(folder);
    }

    @Test
    void rowIsBeginningPromptAndAnswerWithASpaceBetween() throws Exception {
        try (TextTokenizer tokenizer = bytes()) {
            TaskEncoder encoder = new TaskEncoder(tokenizer, task("Text: {text} =", 128, "no", "yes"), 0, 1);
            Example example = encoder.encode(TaskRow.labeled("ab", 1));
            assertThat(example.prompt()).isEqualTo(ids(0, "Text: ab =", -1));
            assertThat(example.answer()).isEqualTo(ids(-1, " yes", 1));
            assertThat(example.label()).isEqualTo(1);
            assertThat(encoder.answers().get(0)).isEqualTo(ids(-1, " no", 1));
        }
    }

    @Test
    void longTextLosesItsBeginningAndThePromptNothing() throws Exception {
        try (TextTokenizer tokenizer = bytes()) {
            // 16 tokens at most: 1 for the beginning, 3 for "T: ", 2 for " =", 4 for the longest answer leave the text 6.
            TaskEncoder encoder = new TaskEncoder(tokenizer, task("T: {text} =", 16, "no", "yes"), 0, -1);
            Example longest = encoder.encode(TaskRow.labeled("0123456789", 1));
            assertThat(longest.prompt()).isEqualTo(ids(0, "T: 456789 =", -1));
            assertThat(longest.length()).isEqualTo(16);
            assertThat(encoder.encode(TaskRow.labeled("0123456789", 0)).prompt()).as("the label shows nowhere")
                    .isEqualTo(longest.prompt());
            assertThat(encoder.encode(TaskRow.labeled("456789", 1)).prompt()).isEqualTo(longest.prompt());
        }
    }

    @Test
    void labelsThatCannotBeToldApartAreRefused() throws Exception {
        try (TextTokenizer tokenizer = bytes()) {
            assertThatThrownBy(() -> new TaskEncoder(tokenizer, task("{text}:", 64, "good", "goods"), 0, -1))
                    .isInstanceOf(InvalidInput.class).hasMessageContainingAll("task.labels", "good", "goods");
            new TaskEncoder(tokenizer, task("{text}:", 64, "good", "goods"), 0, 1);
            assertThatThrownBy(() -> new TaskEncoder(tokenizer, task("{text}:", 64, "good", " good"), 0, 1))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("task.labels");
        }
    }

    @Test
    void promptThatLeavesTheTextNoRoomIsRefused() throws Exception {
        try (TextTokenizer tokenizer = bytes()) {
            assertThatThrownBy(() -> new TaskEncoder(tokenizer, task("A very long prompt: {text} =", 16, "no", "yes"), 0, -1))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("task.maxTokens");
        }
    }

    @Test
    void pairsLoseTokensOfTheLongerTextFirstAndThePromptNothing() throws Exception {
        try (TextTokenizer tokenizer = bytes()) {
            // 22 tokens at most: 1 for the beginning, 9 for "P:  H:  =", 4 for the longest answer leave the texts 8.
            TaskEncoder encoder = new TaskEncoder(tokenizer, pairs("P: {text} H: {pair} =", 22), 0, -1);
            assertThat(prompt(encoder, "abcd", "1234")).isEqualTo("P: abcd H: 1234 =");
            assertThat(prompt(encoder, "abcdefgh", "123")).isEqualTo("P: defgh H: 123 =");
            assertThat(prompt(encoder, "ab", "123456789")).isEqualTo("P: ab H: 456789 =");
            assertThat(prompt(encoder, "abcdefgh", "12345678")).isEqualTo("P: efgh H: 5678 =");
            assertThat(prompt(encoder, "{pair}", "x")).as("a text is never taken for a place").isEqualTo("P: {pair} H: x =");
        }
    }

    @Test
    void noCharacterIsCutInTwo() throws Exception {
        try (TextTokenizer tokenizer = bytes()) {
            // 7 tokens are left for 4 characters of 4 bytes each, outside the basic plane.
            TaskEncoder encoder = new TaskEncoder(tokenizer, task("T: {text} =", 17, "no", "yes"), 0, -1);
            assertThat(prompt(encoder, "😀😁😂😃", "")).isEqualTo("T: 😃 =");
        }
    }

    @Test
    void generatedAnswerIsTheReferenceWithItsEndCutToTheLongest() throws Exception {
        try (TextTokenizer tokenizer = bytes()) {
            TaskEncoder encoder = new TaskEncoder(tokenizer, Tasks.generation("", "{text} =", 16, 6), 0, 1);
            Example short_ = encoder.encode(TaskRow.answered("abc", "", "xyz"));
            assertThat(short_.prompt()).isEqualTo(ids(0, "abc =", -1));
            assertThat(short_.answer()).isEqualTo(ids(-1, " xyz", 1));
            assertThat(short_.label()).isEqualTo(TaskRow.NO_LABEL);
            Example long_ = encoder.encode(TaskRow.answered("0123456789", "", "vwxyz and so on"));
            assertThat(long_.answer()).isEqualTo(ids(-1, " vwxyz", -1));
            assertThat(long_.prompt()).as("news lose their end").isEqualTo(ids(0, "0123456 =", -1));
            assertThat(encoder.encode(TaskRow.answered("0123456789", "", "x")).prompt()).as("the answer's length shows nowhere")
                    .isEqualTo(long_.prompt());
            assertThat(encoder.answers()).isEmpty();
        }
    }

    @Test
    void generationThatCannotEndOrHasNoRoomIsRefused() throws Exception {
        try (TextTokenizer tokenizer = bytes()) {
            assertThatThrownBy(() -> new TaskEncoder(tokenizer, Tasks.generation("", "{text} =", 16, 6), 0, -1))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("eos_token_id");
            assertThatThrownBy(() -> new TaskEncoder(tokenizer, Tasks.generation("", "{text} =", 16, 13), 0, 1))
                    .isInstanceOf(InvalidInput.class).hasMessageContainingAll("task.maxTokens is 16", "task.maxAnswerTokens");
            new TaskEncoder(tokenizer, Tasks.generation("", "{text} =", 16, 12), 0, 1);
        }
    }

    private static String prompt(TaskEncoder encoder, String text, String pair) {
        int[] prompt = encoder.prompt(TaskRow.labeled(text, pair, 0));
        assertThat(prompt[0]).isZero();
        byte[] bytes = new byte[prompt.length - 1];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (prompt[i + 1] - 2);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Task pairs(String prompt, int maxTokens) {
        Task task = Tasks.pairs("", prompt);
        return new Task(
                task.kind(), task.source(), "", "", "", task.textColumns(), task.pairColumns(), task.labelColumn(), task.answerColumns(),
                Map.of("0", "no", "1", "yes"), prompt, task.chatTemplate(), 0, 0, maxTokens, 1, task.decoding(), 1, 1,
                task.files());
    }

    @Test
    void answersOfARealTokenizerContinueThePrompt() {
        Path stories = Path.of("..", "shared", "data", "models", "stories260K");
        assumeTrue(Files.exists(stories), "needs ../shared/data/models/stories260K");
        try (TextTokenizer tokenizer = TextTokenizer.load(stories)) {
            Example example = new TaskEncoder(tokenizer, task("{text}\nSentiment:", 128, "negative", "positive"), 1, 2)
                    .encode(TaskRow.labeled("a lovely film .", 1));
            int[] both = IntStream.concat(Arrays.stream(example.prompt()), Arrays.stream(example.answer())).toArray();
            IntStream whole = Arrays.stream(tokenizer.encode("a lovely film .\nSentiment: positive"));
            assertThat(both)
                    .isEqualTo(IntStream.concat(IntStream.concat(IntStream.of(1), whole), IntStream.of(2)).toArray());
        }
    }

    private static int[] ids(int first, String text, int last) {
        return IntStream.concat(IntStream.concat(IntStream.of(first), text.chars().map(c -> 2 + c)), IntStream.of(last))
                .filter(id -> id >= 0).toArray();
    }

    private static Task task(String prompt, int maxTokens, String negative, String positive) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("0", negative);
        labels.put("1", positive);
        Task task = Task.DEFAULTS;
        return Tasks.of(task.source(), "", "", "", labels, prompt, 0, 0, maxTokens);
    }
}
