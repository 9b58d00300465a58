package org.bitdistillery.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.bitdistillery.data.TextTokenizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTextTest {

    private static final String[] WORDS = {
        "naïve", " coöperation", "\n", "  ", "\t", "😀", "🏳️‍🌈", " 日本語", "don't", " I'm", "1234", " -",
        "…", "Ω≈ç√", "\r\n", " the", " a", "é", "}",
    };

    @ParameterizedTest
    @ValueSource(strings = {"resources/starter-teacher", "../shared/data/models/stories260K", "../shared/data/tokenizers/qwen3"})
    void tokensOneByOneReadAsAllOfThemTogether(String folder) {
        assumeTrue(Files.exists(Path.of(folder)), "needs " + folder);
        Random random = new Random(3);
        try (TextTokenizer tokenizer = TextTokenizer.load(Path.of(folder))) {
            for (int round = 0; round < 50; round++) {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < 30; i++) {
                    text.append(WORDS[random.nextInt(WORDS.length)]);
                }
                int[] tokens = tokenizer.encode(text.toString());
                AnswerText answer = new AnswerText(tokenizer);
                String shown = "";
                for (int token : tokens) {
                    shown = answer.add(token);
                }
                assertThat(shown).isEqualTo(tokenizer.decode(tokens));
                assertThat(answer.tokens()).isEqualTo(tokens.length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resources/starter-teacher", "../shared/data/tokenizers/qwen3"})
    void whatWasShownIsNeverTakenBack(String folder) {
        assumeTrue(Files.exists(Path.of(folder)), "needs " + folder);
        try (TextTokenizer tokenizer = TextTokenizer.load(Path.of(folder))) {
            int[] tokens = tokenizer.encode("A 😀 and 日本語, naïve.");
            AnswerText answer = new AnswerText(tokenizer);
            String whole = tokenizer.decode(tokens);
            for (int token : tokens) {
                String shown = answer.add(token);
                assertThat(whole).startsWith(shown.replaceAll("\uFFFD+$", ""));
            }
            assertThat(Arrays.stream(tokens).count()).isGreaterThan(8);
        }
    }
}
