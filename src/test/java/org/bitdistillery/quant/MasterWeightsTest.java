package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MasterWeightsTest {

    /// A third of the weights lies within 0.4 % of a boundary between two codes, where BF16 has no number near enough. The reader
    /// computes its scale from the rounded weights.
    @Test
    void trainedWeightsKeepTheirCodesAsBrainFloats() {
        for (int seed = 0; seed < 50; seed++) {
            float[] weights = trained(new Random(seed));
            Ternary before = Ternary.of(weights);

            float[] rounded = MasterWeights.brainFloats(weights);

            Ternary after = Ternary.of(rounded);
            assertThat(after.codes()).isEqualTo(before.codes());
            assertThat(after.delta()).isCloseTo(before.delta(), within(before.delta() / 1024));
            for (int i = 0; i < weights.length; i++) {
                assertThat(rounded[i]).as("a BF16 number").isEqualTo(Float16.bfloatToFloat(Float16.toBfloat(rounded[i])));
                assertThat(rounded[i]).isCloseTo(weights[i], within(Math.max(Math.abs(weights[i]) / 64, 1e-30f)));
            }
        }
    }

    @Test
    void plainRoundingWouldChangeSomeCodes() {
        float[] weights = trained(new Random(1));
        float[] nearest = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            nearest[i] = Float16.bfloatToFloat(Float16.toBfloat(weights[i]));
        }
        assertThat(Ternary.of(nearest).codes()).isNotEqualTo(Ternary.of(weights).codes());
    }

    @Test
    void zerosStayZeros() {
        assertThat(MasterWeights.brainFloats(new float[9])).containsOnly(0);
    }

    private static float[] trained(Random random) {
        float[] weights = new float[3000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.02 * random.nextGaussian());
        }
        float boundary = Ternary.absmean(weights) / 2;
        for (int i = 0; i < weights.length; i += 3) {
            weights[i] = (float) (Math.signum(weights[i]) * boundary * (1 + 0.004 * random.nextGaussian()));
        }
        return weights;
    }
}
