package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.bitdistillery.analysis.SpeedVerdict.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpeedRatioTest {

    @Test
    void theRatioIsTheMedianOverPairs() {
        // Pairs give 2, 3, 1.5, 2.5 and 2: the median is 2. Unpaired medians would give 30 / 10 = 3.
        SpeedRatio measured = SpeedRatio.of(new double[] {20, 30, 60, 25, 40}, new double[] {10, 10, 40, 10, 20}, 1);
        assertThat(measured.ratio()).isCloseTo(2, within(1e-12));
        assertThat(measured.interval95().get(0)).isBetween(1.3, 2.0);
        assertThat(measured.interval95().get(1)).isBetween(2.0, 3.2);
        assertThat(Median.of(4, 1, 3, 2)).isEqualTo(2.5);
    }

    @Test
    void roundsThatAgreeExactlyLeaveNoDoubt() {
        SpeedRatio measured = SpeedRatio.of(new double[] {6, 9, 3, 12, 15}, new double[] {4, 6, 2, 8, 10}, 1);
        assertThat(measured.interval95()).allSatisfy(end -> assertThat(end).isCloseTo(1.5, within(1e-12)));
    }

    @Test
    void theSameSeedGivesTheSameInterval() {
        double[] model = {10, 11, 12, 9, 10.5};
        double[] baseline = {8, 8.2, 7.9, 8.1, 8};
        assertThat(SpeedRatio.of(model, baseline, 3)).isEqualTo(SpeedRatio.of(model, baseline, 3));
        assertThat(SpeedRatio.of(new double[] {1}, new double[] {2}, 3).interval95()).isEmpty();
        assertThatThrownBy(() -> SpeedRatio.of(model, new double[] {1}, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    /// The machine drifts by a third over the rounds, both models wobble by 3 %, one round in ten is disturbed by something
    /// heavy: a 95 % interval has to hold the true ratio in about 95 of 100 benchmarks (±3 standard errors of 400 trials).
    @ParameterizedTest
    @CsvSource({"5,false", "5,true", "8,true"})
    void theIntervalHoldsTheTrueRatioAsOftenAsItPromises(int rounds, boolean disturbed) {
        double truth = 1.8;
        SplittableRandom random = new SplittableRandom(77);
        int held = 0;
        int trials = 400;
        for (int trial = 0; trial < trials; trial++) {
            double[] model = new double[rounds];
            double[] baseline = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                double drift = 100 * (1 - 0.33 * round / rounds);
                baseline[round] = drift * Math.exp(noise(random, disturbed));
                model[round] = drift * truth * Math.exp(noise(random, disturbed));
            }
            List<Double> interval = SpeedRatio.of(model, baseline, trial).interval95();
            held += interval.get(0) <= truth && truth <= interval.get(1) ? 1 : 0;
        }
        assertThat(held / (double) trials).isBetween(0.917, 0.985);
    }

    private static double noise(SplittableRandom random, boolean disturbed) {
        double noise = 0.03 * random.nextGaussian();
        return disturbed && random.nextInt(10) == 0 ? noise - Math.abs(0.3 * random.nextGaussian()) : noise;
    }

    @Test
    void verdictsFollowTheInterval() {
        assertThat(SpeedVerdict.of(new SpeedRatio(1.3, List.of(1.001, 1.6), 5), 0)).isEqualTo(new SpeedVerdict(Outcome.FASTER, ""));
        assertThat(SpeedVerdict.of(new SpeedRatio(0.8, List.of(0.7, 0.999), 5), 0)).isEqualTo(new SpeedVerdict(Outcome.SLOWER, ""));
        assertThat(SpeedVerdict.of(new SpeedRatio(1.1, List.of(1.0, 1.6), 5), 0).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void anOpenQuestionSaysWhatWouldSettleIt() {
        // The half width is log(1.2), the estimate log(1.1): 5 · (0.1823 / 0.0953)² = 18.3.
        SpeedRatio open = new SpeedRatio(1.1, List.of(1.1 / 1.2, 1.1 * 1.2), 5);
        assertThat(open.roundsToTellFromOne()).isEqualTo(19);
        assertThat(SpeedVerdict.of(open, 0).remedy()).isEqualTo("If the difference is real, about 19 rounds would show it.");
        assertThat(SpeedVerdict.of(open, 0.23).remedy()).isEqualTo("Other programs disturbed it: measure again on a quiet machine.");
        assertThat(SpeedVerdict.of(new SpeedRatio(1.0001, List.of(0.99, 1.02), 9), 0).remedy()).startsWith("The two are equal to within 2.0 %");
        assertThat(SpeedVerdict.of(new SpeedRatio(3, List.of(2.9, 3.1), 3), 0))
                .isEqualTo(new SpeedVerdict(Outcome.INCONCLUSIVE,
                        "A 95 % interval needs at least 5 rounds and 3 were measured: ask for more rounds."));
        assertThat(SpeedVerdict.of(new SpeedRatio(3, List.of(2.9, 3.1), 5), 0.4).remedy()).startsWith("Other programs disturbed it");
    }
}
