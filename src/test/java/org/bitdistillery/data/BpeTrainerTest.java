package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BpeTrainerTest {

    @TempDir
    Path folder;

    @Test
    void firstMergesAreTheMostFrequentPairs() {
        // " low" 5 times, " lower" 2 times: "Ġl", "lo" and "ow" occur 7 times each; the lowest byte, the space, comes first.
        // Then "Ġl"+"o" and "o"+"w" stand at 7, and "o" is the older symbol; "Ġl"+"ow" at 7 is the third.
        String text = " low low low low low lower lower";
        JsonNode model = JsonMapper.shared().readTree(BpeTrainer.train(List.of(text), 261)).path("model");
        assertThat(model.path("merges").valueStream().map(JsonNode::asString)).containsExactly("Ġ l", "o w", "Ġl ow");
        assertThat(model.path("vocab").path("Ġlow").asInt()).isEqualTo(260);
    }

    @Test
    void anyTextSurvivesTheRoundTrip() throws Exception {
        try (TextTokenizer tokenizer = train("The quick brown fox, and 12 dogs' tails.\n".repeat(20), 300)) {
            List<String> texts = List.of(
                    "The quick fox", " leading, trailing ", "\t\n\r\n  x", "naïve Ελληνικά 漢字 🦊🏽 \u0000\u00a0\u2028", "don't");
            for (String text : texts) {
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
            Random random = new Random(7);
            for (int i = 0; i < 200; i++) {
                StringBuilder text = new StringBuilder();
                random.ints(20, 0, 0x10FFFF).filter(c -> c < 0xD800 || c > 0xDFFF).forEach(text::appendCodePoint);
                assertThat(tokenizer.decode(tokenizer.encode(text.toString()))).isEqualTo(text.toString());
            }
        }
    }

    @Test
    void vocabularyIsNoLargerThanAskedAndSpecialTokensComeFirst() throws Exception {
        try (TextTokenizer tokenizer = train("abc abd abe ".repeat(3), 260)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(260);
            assertThat(tokenizer.tokenId("<s>")).isEqualTo(BpeTrainer.BOS_ID);
            assertThat(tokenizer.tokenId("</s>")).isEqualTo(BpeTrainer.EOS_ID);
        }
        try (TextTokenizer tokenizer = train("aa", 1000)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(BpeTrainer.SMALLEST_VOCABULARY);
        }
        assertThatThrownBy(() -> BpeTrainer.train(List.of("a"), 257)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void idsOfTheTokenizerAreContiguous() {
        String text = "banana bandana cabana abc abcd bcd ".repeat(9);
        JsonNode vocabulary = JsonMapper.shared().readTree(BpeTrainer.train(List.of(text), 400))
                .path("model").path("vocab");
        assertThat(vocabulary.valueStream().map(JsonNode::asInt).sorted())
                .containsExactlyElementsOf(IntStream.range(0, vocabulary.size()).boxed().toList());
    }

    @Test
    void sameTextGivesTheSameFile() {
        List<String> text = List.of("one two three two one", "three two one zero");
        assertThat(BpeTrainer.train(text, 280)).isEqualTo(BpeTrainer.train(text, 280));
    }

    private TextTokenizer train(String text, int vocabularySize) throws Exception {
        Files.writeString(folder.resolve(TextTokenizer.FILE_NAME), BpeTrainer.train(List.of(text), vocabularySize));
        return TextTokenizer.load(folder);
    }
}
