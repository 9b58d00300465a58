package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Random;
import org.bitdistillery.config.Quantization.Granularity;
import org.bitdistillery.model.Torch;
import org.junit.jupiter.api.Test;

class TernaryQuantizerTest {

    /// Two rows of five. Means of |w|: all 1.1; rows 1.2 and 1.0; blocks of two 1.5, 1, 1 and 0.5, 1.75, 0.5.
    private static final float[] WEIGHTS = {2, -1, 0.5f, 1.5f, -1, 0.25f, -0.75f, 3, 0.5f, 0.5f};

    @Test
    void oneScaleForTheTensor() {
        // |w| / 1.1 rounds to 0 below 0.55
        assertThat(quantizer(Granularity.TENSOR).codes(WEIGHTS, 5)).containsExactly(1, -1, 0, 1, -1, 0, -1, 1, 0, 0);
        assertThat(quantizer(Granularity.TENSOR).scales(WEIGHTS, 5)).containsExactly(new float[] {1.1f}, within(1e-6f));
    }

    @Test
    void oneScaleForEachRow() {
        // 0.5 / 1.0 is a tie, which goes to the even 0
        assertThat(quantizer(Granularity.CHANNEL).scales(WEIGHTS, 5)).containsExactly(new float[] {1.2f, 1.0f}, within(1e-6f));
        assertThat(quantizer(Granularity.CHANNEL).codes(WEIGHTS, 5)).containsExactly(1, -1, 0, 1, -1, 0, -1, 1, 0, 0);
    }

    @Test
    void oneScaleForEachBlockOfWhichTheLastMayBeShorter() {
        assertThat(quantizer(Granularity.BLOCK).scales(WEIGHTS, 5))
                .containsExactly(new float[] {1.5f, 1, 1, 0.5f, 1.75f, 0.5f}, within(1e-6f));
        // 0.5 / 1 and 0.25 / 0.5 are ties; -0.75 / 0.5 = -1.5 is clipped; 0.5 / 1.75 is 0; 3 / 1.75 is clipped; 0.5 / 0.5 is 1
        assertThat(quantizer(Granularity.BLOCK).codes(WEIGHTS, 5)).containsExactly(1, -1, 0, 1, -1, 0, -1, 1, 0, 1);
    }

    @Test
    void trainingGraphRoundsTheSame() {
        Random random = new Random(1);
        try (NDManager manager = Torch.manager()) {
            for (Granularity granularity : Granularity.values()) {
                for (int columns : new int[] {1, 2, 5, 16}) {
                    TernaryQuantizer quantizer = quantizer(granularity);
                    float[] weights = GptqTest.gaussian(random, 3 * columns);
                    float[] graph = StraightThrough.ternaryByOperators(manager.create(weights, new Shape(3, columns)), quantizer, manager)
                            .toFloatArray();
                    assertThat(graph).as(granularity + " " + columns).containsExactly(quantizer.dequantized(weights, columns), within(1e-6f));
                }
            }
        }
    }

    private static TernaryQuantizer quantizer(Granularity granularity) {
        return new TernaryQuantizer(granularity, 2);
    }
}
