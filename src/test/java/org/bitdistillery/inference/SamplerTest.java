package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Test;

class SamplerTest {

    private static final float[] LOGITS = {(float) Math.log(1), (float) Math.log(6), (float) Math.log(3), -50};

    @Test
    void greedyTakesTheLikeliest() {
        assertThat(Sampler.greedy().next(LOGITS)).isEqualTo(1);
        assertThat(Sampler.of(0, 0, 5).next(LOGITS)).isEqualTo(1);
    }

    /// Probabilities 0.1, 0.6, 0.3 and nothing at temperature 1; 2/3 and 1/3 among the two likeliest.
    @Test
    void drawsFollowTheProbabilities() {
        assertThat(frequencies(Sampler.of(1, 0, 1))).satisfies(
                f -> assertThat(f[0]).isCloseTo(0.1, within(0.02)),
                f -> assertThat(f[1]).isCloseTo(0.6, within(0.02)),
                f -> assertThat(f[3]).isZero());
        assertThat(frequencies(Sampler.of(1, 2, 1))).satisfies(
                f -> assertThat(f[0]).isZero(),
                f -> assertThat(f[1]).isCloseTo(2 / 3.0, within(0.02)));
    }

    /// 0.6 alone is less than 0.7, 0.6 and 0.3 together are enough. At temperature 0.5 the weights are 1, 36 and 9, and 36/46
    /// alone is enough.
    @Test
    void drawsComeFromTheFewestTokensThatHaveTheShare() {
        assertThat(frequencies(Sampler.of(1, 0, 0.7, 1))).satisfies(
                f -> assertThat(f[0]).isZero(),
                f -> assertThat(f[1]).isCloseTo(2 / 3.0, within(0.02)),
                f -> assertThat(f[2]).isCloseTo(1 / 3.0, within(0.02)));
        assertThat(frequencies(Sampler.of(0.5, 0, 0.7, 1))[1]).isCloseTo(1, within(1e-9));
        assertThat(frequencies(Sampler.of(1, 2, 0.7, 1))[2]).as("0.6 of 0.9 is less than 0.7").isCloseTo(1 / 3.0, within(0.02));
    }

    /// 0.3 is half of 0.6, 0.1 is a sixth.
    @Test
    void minPLeavesOutWhatIsFarLessLikelyThanTheLikeliest() {
        assertThat(frequencies(Sampler.of(1, 0, 1, 0.4, 1, 1))).satisfies(
                f -> assertThat(f[0]).isZero(),
                f -> assertThat(f[2]).isCloseTo(1 / 3.0, within(0.02)));
        assertThat(frequencies(Sampler.of(1, 0, 1, 0.1, 1, 1))[0]).isCloseTo(0.1, within(0.02));
    }

    /// ln 6 = 1.79 is divided by 2 and falls behind ln 3 = 1.10; negative logits are multiplied.
    @Test
    void observedTokensBecomeLessLikely() {
        Sampler sampler = Sampler.of(0, 0, 1, 0, 2, 1);
        assertThat(sampler.next(LOGITS)).isEqualTo(1);
        sampler.observe(1);
        assertThat(sampler.next(LOGITS)).isEqualTo(2);
        assertThat(sampler.next(new float[] {-9, -5, -8, -50})).isEqualTo(2);
        assertThatThrownBy(() -> Sampler.of(1, 0, 1, 0, 0.5, 1)).isInstanceOf(InvalidInput.class).hasMessageContaining("penalty");
        assertThatThrownBy(() -> Sampler.of(1, 0, 1, 1.5, 1, 1)).isInstanceOf(InvalidInput.class).hasMessageContaining("Min-p");
    }

    @Test
    void negativeSettingsAreRefused() {
        assertThatThrownBy(() -> Sampler.of(-1, 0, 0)).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> Sampler.of(Double.NaN, 0, 0)).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> Sampler.of(1, 0, 0.0, 0)).isInstanceOf(InvalidInput.class).hasMessageContaining("Top-p");
    }

    private static double[] frequencies(Sampler sampler) {
        double[] frequencies = new double[LOGITS.length];
        for (int i = 0; i < 10_000; i++) {
            frequencies[sampler.next(LOGITS)] += 1e-4;
        }
        return frequencies;
    }
}
