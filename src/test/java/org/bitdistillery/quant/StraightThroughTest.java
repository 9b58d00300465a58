package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import org.bitdistillery.model.Torch;
import org.junit.jupiter.api.Test;

class StraightThroughTest {

    @Test
    void weightsAreRoundedToTheirAbsmeanAsWrittenOut() {
        try (NDManager work = Torch.manager()) {
            // mean |w| = (0.5 + 1.5 + 0.25 + 1.75 + 0 + 2) / 6 = 1, so delta = 1; 0.5 and -0.5 are ties and go to the even 0.
            NDArray weight = work.create(new float[] {0.5f, -1.5f, -0.25f, 1.75f, 0f, 2f}, new Shape(2, 3));
            assertThat(StraightThrough.ternary(weight, work).toFloatArray())
                    .containsExactly(new float[] {0, -1, 0, 1, 0, 1}, within(0f));
        }
    }

    @Test
    void allZeroWeightsStayZeroBecauseDeltaHasAFloor() {
        try (NDManager work = Torch.manager()) {
            NDArray weight = work.zeros(new Shape(2, 2));
            assertThat(StraightThrough.ternary(weight, work).toFloatArray()).containsOnly(0);
        }
    }

    @Test
    void activationsAreRoundedPerTokenAsWrittenOut() {
        try (NDManager work = Torch.manager()) {
            // Row 1: gamma = 127, the step is 1; 2.5 and 3.5 are ties and go to 2 and 4. Row 2: gamma = 2.54, the step is 0.02.
            NDArray x = work.create(new float[] {-127, 2.5f, 3.5f, 0.4f, 2.54f, 0.031f, -0.029f, 0.009f}, new Shape(2, 4));
            assertThat(StraightThrough.int8(x).toFloatArray())
                    .containsExactly(new float[] {-127, 2, 4, 0, 2.54f, 0.04f, -0.02f, 0}, within(1e-6f));
        }
    }

    @Test
    void aZeroTokenStaysZeroBecauseGammaHasAFloor() {
        try (NDManager work = Torch.manager()) {
            assertThat(StraightThrough.int8(work.zeros(new Shape(1, 4))).toFloatArray()).containsOnly(0);
        }
    }

    @Test
    void theGradientOfTheStraightThroughEstimatorIsThatOfTheIdentity() {
        try (NDManager work = Torch.manager(); GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray x = work.create(new float[] {0.3f, -1.1f, 0.7f, 5f, 0.01f, -2f}, new Shape(2, 3));
            NDArray factors = work.create(new float[] {1, -2, 3, 4, -5, 6}, new Shape(2, 3));
            x.setRequiresGradient(true);
            NDArray y = StraightThrough.int8StraightThrough(x);
            collector.backward(y.mul(factors).sum());
            assertThat(x.getGradient().toFloatArray()).containsExactly(1, -2, 3, 4, -5, 6);
            assertThat(y.toFloatArray()).containsExactly(StraightThrough.int8(x).toFloatArray(), within(1e-6f));
        }
    }
}
