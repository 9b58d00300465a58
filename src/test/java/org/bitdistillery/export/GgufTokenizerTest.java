package org.bitdistillery.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.llamacpp.LlamaLibrary;
import org.bitdistillery.llamacpp.LlamaProcess;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.tensorfile.GgufMetadata;
import org.bitdistillery.tensorfile.GgufValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufTokenizerTest {

    private static final Path SHARED = Path.of("../shared/data");
    private static final List<String> TEXTS = List.of(
            "The service was slow, but the soup wasn't.\nSentiment:", "Once upon a time, there was a little girl named Lily.",
            "naïve café costs $12.50", "1984 and 20,000 leagues", "  two spaces,\ttab and\n\nlines", "Don't; WON'T (ever)!");

    @TempDir
    private Path folder;

    /// The real llama.cpp reads each exported tokenizer and must give the tokens that the student was trained with.
    @ParameterizedTest
    @CsvSource({"resources/starter-teacher,1024", "../shared/data/models/stories260K,512", "../shared/data/tokenizers/qwen3,151936"})
    void llamaCppSplitsTextsAsTheStudentsTokenizerDoes(Path source, int vocabulary) throws IOException {
        LlamaLibrary library = LlamaLibrary.find(LlamaLibrary.Program.LLAMA_CPP).orElse(null);
        assumeTrue(library != null && Files.exists(source), "needs a llama.cpp and " + source + ", which is not there");
        Architecture shape = Architecture.llama(
                vocabulary, 256, 1, 4, 2, 64, 256, 512, 1e-5, 10_000, true, SubLnPlacement.PAPER, 1, 2);
        Path student = Students.write(folder.resolve("student"), shape, 3);
        Files.delete(student.resolve("tokenizer.json"));
        Files.copy(source.resolve("tokenizer.json"), student.resolve("tokenizer.json"));
        Path target = Files.createDirectory(folder.resolve("out"));
        Path file = ExportFiles.write(Students.plan(student, Format.TQ2_0, Embeddings.F16), target, (_, _) -> {});

        List<String> different = new ArrayList<>();
        try (TextTokenizer own = TextTokenizer.load(student); LlamaProcess llama = new LlamaProcess(library, file, 16, 1)) {
            for (String text : TEXTS) {
                if (!Arrays.equals(own.encode(text), llama.tokenize(text))) {
                    different.add(text);
                }
            }
        }
        assertThat(different).isEmpty();
    }

    /// What is read back out of a GGUF file splits and joins texts as the tokenizer that went in.
    @ParameterizedTest
    @CsvSource({"resources/starter-teacher,1024", "../shared/data/models/stories260K,512", "../shared/data/tokenizers/qwen3,151936"})
    void aTokenizerComesOutOfAGgufFileAsItWentIn(Path source, int vocabulary) throws IOException {
        assumeTrue(Files.exists(source), "needs " + source + ", which is not there");
        TokenizerOfGguf.write(new GgufMetadata("model.gguf", GgufTokenizer.keys(source, vocabulary, 1, 2)), folder);

        try (TextTokenizer own = TextTokenizer.load(source); TextTokenizer back = TextTokenizer.load(folder)) {
            for (String text : TEXTS) {
                assertThat(back.encode(text)).as(text).isEqualTo(own.encode(text));
                assertThat(back.decode(back.encode(text))).as(text).isEqualTo(own.decode(own.encode(text)));
            }
        }
    }

    @Test
    void tokenizersOfOtherKindsAreNamed() {
        assertThatThrownBy(() -> TokenizerOfGguf.write(new GgufMetadata("model.gguf", Map.of(
                "tokenizer.ggml.model", GgufValue.string("bert"), "tokenizer.ggml.tokens", GgufValue.strings(List.of("a")))), folder))
                .hasMessage("model.gguf has a tokenizer of the kind bert, which this program does not know: use the model's Hugging Face folder,"
                        + " which has a tokenizer.json.");
        assertThatThrownBy(() -> TokenizerOfGguf.write(new GgufMetadata("model.gguf", Map.of()), folder))
                .hasMessageContaining("tokenizer.ggml.tokens");
    }

    @Test
    void byteFallbackTokenizersGetScoresAndTypes() {
        Path stories = SHARED.resolve("models/stories260K");
        assumeTrue(Files.exists(stories), "needs " + stories + ", which is not there");

        Map<String, GgufValue> keys = GgufTokenizer.keys(stories, 515, 1, 2);

        assertThat(keys.get("tokenizer.ggml.model").value()).isEqualTo("llama");
        long[] types = (long[]) keys.get("tokenizer.ggml.token_type").value();
        assertThat(types).startsWith(2, 3, 3, 6).endsWith(5, 5, 5);
        double[] scores = (double[]) keys.get("tokenizer.ggml.scores").value();
        assertThat(scores[259]).as("the first merge").isZero();
        assertThat(scores[260]).as("the second merge").isEqualTo(-1);
        assertThat(keys.get("tokenizer.ggml.add_space_prefix").value()).isEqualTo(true);
    }

    @Test
    void tokenizersThatLlamaCppLacksAreRefused() throws IOException {
        refused("{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}}}", "is of the kind WordPiece");
        refused("{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0]]}}", "is of the kind Unigram");
        refused("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Whitespace\"}}",
                "pre-tokenizer Whitespace");
        refused("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":9},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"ByteLevel\"}}",
                "with the number 9");
        refused("not json", "is not valid JSON");
    }

    private void refused(String json, String sentence) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        assertThatThrownBy(() -> GgufTokenizer.keys(folder, 4, -1, -1)).isInstanceOf(InvalidInput.class).hasMessageContaining(sentence);
    }
}
