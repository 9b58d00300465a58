package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.bitdistillery.event.MetricScore;
import org.junit.jupiter.api.Test;

/// The constants are what sacrebleu (at commit f615c72, with its defaults) and Google's rouge_score (as of 2021, with NLTK 3.8's
/// Porter stemmer) give in Python for the same texts; computed by hand on 2026-11-24.
class TextScoresTest {

    private static final Offset<Double> EXACT = within(1e-10);

    private static final List<String> ANSWERS = List.of(
            "The bishop of Fargo is off work after falling ill.\nHe ate bad food in Italy, officials said.",
            "Police have arrested 2 men; a third is still at large.",
            "It cost $1,250.50 - more than twice last year's price!",
            "the the the the",
            "Nothing in common here",
            "He was running and jumping happily through the fields.\nThe dogs were chasing him.");

    private static final List<String> REFERENCES = List.of(
            "Bishop John Folda, of North Dakota, is taking time off after being diagnosed.\n"
                    + "He contracted the infection through contaminated food in Italy.",
            "Police arrested two men on Monday.\nA third man is still at large, police said.",
            "It cost $1,250.50, which is more than twice last year's price.",
            "the cat sat on the mat",
            "A wholly different summary.",
            "Dogs chased him.\nHe happily ran and jumped through a field.");

    @Test
    void bleuOfACorpusEqualsSacrebleu() {
        assertThat(bleu(0, 1, 2, 3, 4, 5)).isCloseTo(0.17699633535844012, EXACT);
        assertThat(bleu(0, 1, 2)).isCloseTo(0.21837314946255126, EXACT);
        assertThat(bleu(0, 3)).as("no three and no four tokens in common").isCloseTo(0.07256814351352982, EXACT);
        assertThat(bleu(4)).isZero();
    }

    /// `the the the the` against `the cat sat on the mat`: 2 of 4 tokens, then none of 3, 2 and 1, which smoothing makes 1/(2·3),
    /// 1/(4·2) and 1/(8·1); brevity e^(1-6/4).
    @Test
    void smoothingHalvesAgainForEveryOrderWithoutAMatch() {
        double precisions = 2 / 4.0 * (1 / 6.0) * (1 / 8.0) * (1 / 8.0);
        assertThat(bleu(3)).isCloseTo(Math.exp(1 - 6 / 4.0) * Math.pow(precisions, 0.25), EXACT);
    }

    @Test
    void bleuCutsTokensAsMtevalDoes() {
        assertThat(String.join(" ", Bleu.tokens(ANSWERS.get(2)))).isEqualTo("It cost $ 1,250.50 - more than twice last year's price !");
        assertThat(String.join(" ", Bleu.tokens("He said: \"1,5 is 3-4%&amp;x.\" (U.S.) well-known\nend.")))
                .isEqualTo("He said : \" 1,5 is 3 - 4 % & x . \" ( U . S . ) well-known end .");
    }

    @Test
    void rougeEqualsGooglesImplementation() {
        double[][] plain = {
            {0.5, 0.105263157895, 0.45, 0.5}, {0.692307692308, 0.333333333333, 0.692307692308, 0.692307692308},
            {0.923076923077, 0.833333333333, 0.923076923077, 0.923076923077}, {0.4, 0, 0.4, 0.4}, {0, 0, 0, 0}, {0.48, 0, 0.24, 0.4}};
        double[][] stemmed = plain.clone();
        stemmed[5] = new double[] {0.72, 0.173913043478, 0.4, 0.64};
        for (int i = 0; i < plain.length; i++) {
            requireRouge(Rouge.of(ANSWERS.get(i), REFERENCES.get(i), false), plain[i]);
            requireRouge(Rouge.of(ANSWERS.get(i), REFERENCES.get(i), true), stemmed[i]);
        }
    }

    /// Lin 2004, section 3.2: reference `w1 w2 w3 w4 w5`, candidate sentences `w1 w2 w6 w7 w8` and `w1 w3 w8 w9 w5`; the union of
    /// the common subsequences is `w1 w2 w3 w5`: recall 4/5, precision 4/10.
    @Test
    void summariesAreComparedByTheUnionOfCommonSubsequences() {
        assertThat(Rouge.of("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5", false).rougeLsum())
                .isCloseTo(2 * 0.8 * 0.4 / (0.8 + 0.4), EXACT);
    }

    @Test
    void emptyAnswersScoreNothing() {
        requireRouge(Rouge.of("", "a word", false), new double[4]);
        assertThat(Bleu.score(List.of(Bleu.Counts.of("", "a word")), new int[] {0})).isZero();
    }

    @Test
    void everyMetricStandsInItsIntervalAndTheSameSeedDrawsTheSame() {
        Map<String, MetricScore> scores = TextScores.of(ANSWERS, REFERENCES, false, 500, 7);
        assertThat(scores.keySet()).containsExactly("bleu", "rouge1", "rouge2", "rougeL", "rougeLsum");
        assertThat(scores.get("bleu").value()).isCloseTo(0.17699633535844012, EXACT);
        assertThat(scores.get("rouge1").value()).isCloseTo((0.5 + 9 / 13.0 + 12 / 13.0 + 0.4 + 0.48) / 6, EXACT);
        assertThat(scores.values()).allSatisfy(score -> {
            assertThat(score.value()).isBetween(score.ci95().get(0), score.ci95().get(1));
            assertThat(score.ci95().get(0)).isLessThan(score.ci95().get(1));
        });
        assertThat(TextScores.of(ANSWERS, REFERENCES, false, 500, 7)).isEqualTo(scores);
        assertThat(TextScores.of(ANSWERS, REFERENCES, false, 500, 8)).isNotEqualTo(scores);
    }

    private static void requireRouge(Rouge rouge, double[] expected) {
        assertThat(new double[] {rouge.rouge1(), rouge.rouge2(), rouge.rougeL(), rouge.rougeLsum()}).containsExactly(expected, EXACT);
    }

    private static double bleu(int... rows) {
        List<Bleu.Counts> counts = IntStream.range(0, ANSWERS.size())
                .mapToObj(row -> Bleu.Counts.of(ANSWERS.get(row), REFERENCES.get(row))).toList();
        return Bleu.score(counts, rows);
    }
}
