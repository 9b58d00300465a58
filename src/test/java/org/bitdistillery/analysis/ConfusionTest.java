package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ConfusionTest {

    /// 4 true positives, 3 true negatives, 2 false positives, 1 false negative.
    @Test
    void twoLabelsGiveTheTextbookValues() {
        Confusion confusion = of(new int[][] {{3, 2}, {1, 4}});
        // F1 of 0: 2·3/(5+4); of 1: 2·4/(5+6)
        assertThat(confusion.macroF1()).isCloseTo((6.0 / 9 + 8.0 / 11) / 2, within(1e-12));
        // (4·3 - 2·1) / sqrt(6·5·5·4)
        assertThat(confusion.matthews()).isCloseTo(10 / Math.sqrt(600), within(1e-12));
    }

    /// 12 rows, of which 4 + 2 + 3 are right. Occurrences 5, 3, 4; predictions 5, 3, 4.
    @Test
    void threeLabelsGiveGorodkinsCoefficient() {
        Confusion confusion = of(new int[][] {{4, 1, 0}, {0, 2, 1}, {1, 0, 3}});
        // (9·12 - 50) / (144 - 50)
        assertThat(confusion.matthews()).isCloseTo(58.0 / 94, within(1e-12));
        assertThat(confusion.macroF1()).isCloseTo((8.0 / 10 + 4.0 / 6 + 6.0 / 8) / 3, within(1e-12));
    }

    @Test
    void aConstantAnswerIsUncorrelated() {
        assertThat(of(new int[][] {{5, 0}, {5, 0}}).matthews()).isZero();
        assertThat(of(new int[][] {{5, 0}, {5, 0}}).macroF1()).isCloseTo(1.0 / 3, within(1e-12));
    }

    private static Confusion of(int[][] counts) {
        Confusion confusion = new Confusion(counts.length);
        for (int label = 0; label < counts.length; label++) {
            for (int predicted = 0; predicted < counts.length; predicted++) {
                for (int i = 0; i < counts[label][predicted]; i++) {
                    confusion.add(label, predicted);
                }
            }
        }
        return confusion;
    }
}
