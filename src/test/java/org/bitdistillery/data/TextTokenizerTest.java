package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {

    private static final Path STORIES = Path.of("..", "shared", "data", "models", "stories260K");

    @TempDir
    Path folder;

    @Test
    void unusableTokenizersAreInvalidInputThatNamesTheFile() throws Exception {
        assertThatThrownBy(() -> TextTokenizer.load(folder))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("tokenizer.json");
        Path file = folder.resolve("tokenizer.json");
        String noModel = "{\"model\": {\"vocab\": {\"a\": 0}}}";
        for (String content : List.of("", "{\"version\": ", "[]", "{\"model\": {\"vocab\": {}}}", noModel)) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> TextTokenizer.load(folder))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining(file.toString());
        }
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThatThrownBy(() -> TextTokenizer.load(folder))
                .isInstanceOf(InvalidInput.class).hasMessageContaining(file.toString());
    }

    @Test
    void longTextIsNotTruncated() throws Exception {
        Files.writeString(folder.resolve("tokenizer.json"), BpeTrainer.train(List.of("a"), 258));
        try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
            assertThat(tokenizer.encode("a".repeat(5_000))).hasSize(5_000).containsOnly(2 + 'a');
            assertThat(tokenizer.encode("")).isEmpty();
        }
    }

    @Test
    void continuationOfASentencePieceTokenizerGetsOneSpaceOnly() {
        assumeTrue(Files.exists(STORIES), "needs ../shared/data/models/stories260K");
        try (TextTokenizer tokenizer = TextTokenizer.load(STORIES)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(512);
            assertThat(tokenizer.tokenId("</s>")).isEqualTo(2);
            assertThat(tokenizer.decode(tokenizer.encode("Once upon a time"))).isEqualTo("Once upon a time");
            String prompt = "a fine film .\nSentiment:";
            int[] answer = tokenizer.encodeContinuation(prompt, " happy");
            int[] joined = new int[tokenizer.encode(prompt).length + answer.length];
            System.arraycopy(tokenizer.encode(prompt), 0, joined, 0, joined.length - answer.length);
            System.arraycopy(answer, 0, joined, joined.length - answer.length, answer.length);
            assertThat(joined).isEqualTo(tokenizer.encode(prompt + " happy"));
            assertThat(tokenizer.encode(" happy")).isNotEqualTo(answer);
            assertThat(tokenizer.encode("happy")).isEqualTo(answer);
        }
    }
}
