package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorMathTest {

    private static final int ENOUGH_TO_BE_COMPILED = 30_000;

    /// The order of the sum is part of the engine's promise: the same file gives the same bits, whether the interpreter or the compiler
    /// runs it. Reference: halves of a plain array folded onto one another.
    @Test
    void lanesAreAddedInTheSameOrderBeforeAndAfterCompilation() {
        Random random = new Random(11);
        for (int i = 0; i < ENOUGH_TO_BE_COMPILED; i++) {
            float[] lanes = new float[Lanes.COUNT];
            for (int lane = 0; lane < lanes.length; lane++) {
                lanes[lane] = random.nextFloat() * (1 << lane % 12);
            }
            float sum = VectorMath.sum(lanes, 0, lanes.length, false);
            assertThat(sum).isEqualTo(folded(lanes));
        }
    }

    @Test
    void aNormHasTheSameBitsBeforeAndAfterCompilation() {
        float[][] x = new float[64][];
        float[][] first = new float[x.length][];
        Random random = new Random(12);
        float[] gain = KernelTest.gaussian(random, 172, 1);
        for (int i = 0; i < x.length; i++) {
            x[i] = KernelTest.gaussian(random, gain.length, 2);
            first[i] = new float[gain.length];
            VectorMath.rmsNorm(x[i], 0, gain, 1e-5f, first[i], 0);
        }
        float[] again = new float[gain.length];
        for (int i = 0; i < ENOUGH_TO_BE_COMPILED; i++) {
            VectorMath.rmsNorm(x[i % x.length], 0, gain, 1e-5f, again, 0);
            assertThat(again).isEqualTo(first[i % x.length]);
        }
    }

    private static float folded(float[] lanes) {
        float[] left = lanes.clone();
        for (int half = left.length / 2; half >= 1; half /= 2) {
            for (int i = 0; i < half; i++) {
                left[i] += left[i + half];
            }
        }
        return left[0];
    }
}
