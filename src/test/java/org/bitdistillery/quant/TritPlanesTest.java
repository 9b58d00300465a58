package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TritPlanesTest {

    @Test
    void errorNeverGrowsAndIsBelowThatOfOnePlane() {
        for (int seed = 0; seed < 20; seed++) {
            float[] weights = GptqTest.gaussian(new Random(seed), 128);
            TritPlanes.Group group = new TritPlanes.Group(weights, 0, 128);
            group.fitScales();
            double error = group.error();
            for (int i = 0; i < 10; i++) {
                group.searchCodes();
                assertThat(group.error()).isLessThanOrEqualTo(error + 1e-9);
                group.fitScales();
                assertThat(group.error()).isLessThanOrEqualTo(error + 1e-6);
                error = group.error();
            }
            float[] onePlane = Ternary.of(weights).dequantized();
            double single = 0;
            for (int i = 0; i < weights.length; i++) {
                single += Math.pow(weights[i] - onePlane[i], 2);
            }
            assertThat(error).as("seed " + seed).isLessThan(0.5 * single);
        }
    }

    /// Neither a code nor a scale can be changed for the better: a local optimum.
    @Test
    void endsWhereNoSingleChangeHelps() {
        float[] weights = GptqTest.gaussian(new Random(3), 60);
        TritPlanes.Group group = new TritPlanes.Group(weights, 0, 60);
        group.converge(50);
        float[] found = new float[60];
        group.writeTo(found, 0);

        assertThat(group.searchCodes()).isFalse();
        double error = group.error();
        group.fitScales();
        assertThat(group.error()).isCloseTo(error, within(1e-9));
        double written = 0;
        for (int i = 0; i < found.length; i++) {
            written += Math.pow(weights[i] - found[i], 2);
        }
        assertThat(written).isCloseTo(error, within(1e-5));
    }

    @Test
    void zeroWeightsStayZero() {
        assertThat(TritPlanes.approximate(new float[10], 5)).containsOnly(0f);
    }
}
