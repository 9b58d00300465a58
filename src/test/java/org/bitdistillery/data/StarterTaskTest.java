package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bitdistillery.config.Corpus;
import org.junit.jupiter.api.Test;

class StarterTaskTest {

    private static final StarterTask TASK = StarterTask.generate();

    @Test
    void splitsAreBalancedAndShareNoText() {
        assertThat(TASK.train()).hasSizeGreaterThanOrEqualTo(5_000);
        assertThat(TASK.dev()).hasSize(1_000);
        assertThat(TASK.test()).hasSize(1_000);
        Stream.of(TASK.train(), TASK.dev(), TASK.test()).forEach(rows ->
                assertThat(rows.stream().filter(row -> row.label() == 1).count()).isEqualTo(rows.size() / 2));
        assertThat(Stream.of(TASK.train(), TASK.dev(), TASK.test()).flatMap(List::stream).map(TaskRow::text))
                .doesNotHaveDuplicates();
    }

    @Test
    void rowsAreAlwaysTheSame() {
        assertThat(StarterTask.generate()).isEqualTo(TASK);
    }

    @Test
    void textsAreShortSentencesOfAModestVocabulary() {
        Set<String> words = new HashSet<>();
        for (TaskRow row : TASK.train()) {
            assertThat(row.text()).matches("[A-Z][A-Za-z,;. ]+\\.").doesNotContain("  ", "..", " the the ");
            words.addAll(List.of(row.text().toLowerCase().split("[^a-z]+")));
        }
        assertThat(words).hasSizeBetween(250, 400);
    }

    /// Measured: 70.3 % of the training rows, 67.5 % of the dev rows, 65.9 % of the test rows.
    @Test
    void countingWordsDoesNotSolveIt() {
        BagOfWords model = BagOfWords.train(TASK.train(), 2);
        assertThat(model.accuracy(TASK.dev())).isBetween(0.55, 0.75);
        assertThat(model.accuracy(TASK.test())).isBetween(0.55, 0.75);
    }

    /// Searches the whole text, so that rows of two sentences are found as well.
    @Test
    void corpusHasNoTextOfTheDevAndTestRows() {
        String corpus = String.join("\n", CorpusText.documents(Corpus.DEFAULTS));
        assertThat(corpus).hasSizeGreaterThan(2_000_000);
        assertThat(Stream.concat(TASK.dev().stream(), TASK.test().stream()).map(TaskRow::text)).noneMatch(corpus::contains);
    }
}
