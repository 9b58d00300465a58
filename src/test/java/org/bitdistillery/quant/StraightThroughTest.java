package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.model.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StraightThroughTest {

    @Test
    void weightsAreRoundedToTheirAbsmeanAsWrittenOut() {
        try (NDManager work = Torch.manager()) {
            // mean |w| = (0.5 + 1.5 + 0.25 + 1.75 + 0 + 2) / 6 = 1, so delta = 1; 0.5 and -0.5 are ties and go to the even 0.
            NDArray weight = work.create(new float[] {0.5f, -1.5f, -0.25f, 1.75f, 0f, 2f}, new Shape(2, 3));
            assertThat(StraightThrough.ternary(List.of(weight), TernaryQuantizer.PER_TENSOR, work).toFloatArray())
                    .containsExactly(new float[] {0, -1, 0, 1, 0, 1}, within(0f));
        }
    }

    @Test
    void allZeroWeightsStayZeroBecauseDeltaHasAFloor() {
        try (NDManager work = Torch.manager()) {
            NDArray weight = work.zeros(new Shape(2, 2));
            assertThat(StraightThrough.ternary(List.of(weight), TernaryQuantizer.PER_TENSOR, work).toFloatArray()).containsOnly(0);
        }
    }

    /// Widths around those of vectors, more values than a core takes at once, ties, zeros and magnitudes that are clipped.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16, 17, 100, 1023, 2048})
    void kernelsRoundAsOperatorsDo(int columns) {
        Random random = new Random(columns);
        int rows = 70_000 / columns + 1;
        try (NDManager work = Torch.manager()) {
            float[] values = GptqTest.gaussian(random, rows * columns);
            for (int i = 0; i < values.length; i += 7) {
                values[i] = random.nextInt(-3, 4) * (i % 3 == 0 ? 0.5f : 1000);
            }
            NDArray x = work.create(values, new Shape(rows, columns)).duplicate();
            NDArray exact = x.toType(DataType.FLOAT64, true);
            assertThat(StraightThrough.int8(x)).matches(y -> y.getShape().equals(x.getShape()));
            assertEqual(StraightThrough.int8(x).toFloatArray(), StraightThrough.int8ByOperators(x).toFloatArray(), 0);
            assertEqual(x.toFloatArray(), values, 0);

            float delta = exact.abs().mean().toType(DataType.FLOAT32, false).getFloat();
            float[] rounded = StraightThrough.ternary(List.of(x, x), TernaryQuantizer.PER_TENSOR, work).toFloatArray();
            float[] expected = Ternary.of(values, delta).dequantized();
            assertEqual(Arrays.copyOf(rounded, values.length), expected, 1e-5f * delta);
            assertEqual(Arrays.copyOfRange(rounded, values.length, rounded.length), expected, 1e-5f * delta);
        }
    }

    private static void assertEqual(float[] actual, float[] expected, float tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).as("value " + i).isCloseTo(expected[i], within(tolerance));
        }
    }

    /// A resumed run begins with code that is not compiled yet: sums must not hang on that.
    @Test
    void theAbsmeanIsTheSameInterpretedAndCompiledAndWithAnyThreads() {
        MemorySegment weights = MemorySegment.ofArray(GptqTest.gaussian(new Random(3), 70_001));
        float first = new RoundingKernels(false).absmean(weights);
        for (int i = 0; i < 2000; i++) {
            assertThat(new RoundingKernels(i % 2 == 0).absmean(weights)).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @EnumSource(Quantization.Granularity.class)
    void whatIsEvaluatedIsToTheLastBitWhatExportsWrite(Quantization.Granularity granularity) {
        TernaryQuantizer quantizer = new TernaryQuantizer(granularity, 7);
        float[] values = GptqTest.gaussian(new Random(1), 300 * 151);
        try (NDManager work = Torch.manager()) {
            NDArray weight = work.create(values, new Shape(300, 151));
            assertThat(Arrays.equals(StraightThrough.asShipped(List.of(weight), quantizer, work).toFloatArray(), quantizer.dequantized(values, 151)))
                    .isTrue();
        }
        assertThat(Arrays.equals(Ternary.of(values).dequantized(), TernaryQuantizer.PER_TENSOR.dequantized(values, 151))).isTrue();
    }

    @Test
    void aRowThatIsNotANumberStaysOneSoThatTheLossShowsIt() {
        try (NDManager work = Torch.manager()) {
            float[] values = new float[80];
            Arrays.fill(values, 0.5f);
            values[3] = Float.NaN;
            float[] rounded = StraightThrough.int8(work.create(values, new Shape(2, 40))).toFloatArray();
            assertThat(rounded[3]).isNaN();
            assertThat(rounded[40]).isCloseTo(0.5f, within(1e-6f));
        }
    }

    /// What autograd sees is a copy, whose values are replaced in memory: that has to hold for arrays that do not lie row by row too.
    @Test
    void aTransposedArrayIsRoundedByItsOwnRows() {
        try (NDManager work = Torch.manager(); GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray x = work.create(new float[] {127, 2, 0.4f, 254, 8, 3}, new Shape(3, 2));
            x.setRequiresGradient(true);
            NDArray y = StraightThrough.int8StraightThrough(x.transpose());
            collector.backward(y.mul(work.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3))).sum());
            assertThat(y.toFloatArray()).containsExactly(new float[] {127, 0, 8, 2, 254, 4}, within(1e-5f));
            assertThat(x.getGradient().toFloatArray()).containsExactly(1, 4, 2, 5, 3, 6);
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
