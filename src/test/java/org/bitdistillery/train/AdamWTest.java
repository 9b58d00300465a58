package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Torch;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdamWTest {

    private static final double RATE = 0.01;
    private static final double DECAY = 0.1;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5})
    void severalStepsEqualTheWrittenOutAlgorithm(double clipNorm) {
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                AdamW optimizer = new AdamW(decoder, DECAY, clipNorm);
                NDManager work = Torch.manager()) {
            Reference reference = new Reference(decoder, clipNorm);
            for (int step = 1; step <= 5; step++) {
                Map<String, NDArray> gradients = randomGradients(decoder, work, step);
                double norm = reference.step(gradients, step);
                assertThat(optimizer.step(gradients, RATE)).isCloseTo(norm, within(1e-4));
            }
            reference.weights.forEach((name, weights) -> {
                float[] actual = decoder.floats(name);
                for (int i = 0; i < actual.length; i++) {
                    assertThat((double) actual[i]).as(name).isCloseTo(weights[i], within(2e-6));
                }
            });
        }
    }

    /// The weights move by moments that were rounded once a step, by at most 2^-7 of themselves.
    @Test
    void severalStepsWithAStateInBfloat16NearlyEqualTheWrittenOutAlgorithm() {
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                AdamW optimizer = new AdamW(decoder, DECAY, 0.5, Precision.BFLOAT16);
                NDManager work = Torch.manager()) {
            Reference reference = new Reference(decoder, 0.5);
            for (int step = 1; step <= 5; step++) {
                Map<String, NDArray> gradients = randomGradients(decoder, work, step);
                assertThat(optimizer.step(gradients, RATE)).isCloseTo(reference.step(gradients, step), within(1e-4));
            }
            reference.weights.forEach((name, weights) -> {
                float[] actual = decoder.floats(name);
                for (int i = 0; i < actual.length; i++) {
                    assertThat((double) actual[i]).as(name).isCloseTo(weights[i], within(5 * RATE * 0.02));
                }
            });
        }
    }

    /// A variance that has to fall by 0.1 % a step: rounded to nearest it never would, as the written-out rounding beside it shows.
    @Test
    void aVarianceInBfloat16FallsAsTheExactOne() {
        String name = "model.layers.0.mlp.up_proj.weight";
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                AdamW optimizer = new AdamW(decoder, 0, 0, Precision.BFLOAT16);
                NDManager work = Torch.manager()) {
            double exact = 0;
            float nearest = 0;
            for (int step = 0; step < 200; step++) {
                float gradient = step == 0 ? 1 : 0.01f;
                try (NDManager scratch = work.newSubManager()) {
                    Map<String, NDArray> gradients = new HashMap<>();
                    decoder.parameters().forEach((key, weight) -> gradients.put(key, scratch.full(weight.getShape(), gradient, DataType.FLOAT32)));
                    optimizer.step(gradients, 1e-6);
                }
                exact = 0.999 * exact + 0.001 * gradient * gradient;
                nearest = toNearestBfloat16((float) (0.999 * nearest + 0.001 * gradient * gradient));
            }
            SafetensorsWriter.write(folder.resolve("state.safetensors"), optimizer.state(), Map.of());
            try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("state.safetensors"))) {
                float[] variances = file.floats("variance." + name);
                double mean = 0;
                for (float variance : variances) {
                    mean += variance / variances.length;
                }
                assertThat(file.info("variance." + name).type()).isEqualTo(DType.BF16);
                assertThat(mean).isCloseTo(exact, within(0.01 * exact));
                assertThat(nearest).isGreaterThan(1.15f * (float) exact);
            }
        }
    }

    private static float toNearestBfloat16(float value) {
        int bits = Float.floatToIntBits(value);
        return Float.intBitsToFloat(bits + 0x7FFF + (bits >> 16 & 1) & 0xFFFF0000);
    }

    @Test
    void aStateInBfloat16LearnsAsMuchAsOneInFloat32() {
        double exact = lossAfterTraining(Precision.FLOAT32);
        double rounded = lossAfterTraining(Precision.BFLOAT16);
        assertThat(rounded).isNotEqualTo(exact).isCloseTo(exact, within(0.05 * exact));
    }

    private static double lossAfterTraining(Precision state) {
        Batch batch = Batch.packed(new int[][] {{1, 7, 3, 9, 12, 4}, {1, 30, 31, 2, 6, 5}, {1, 5, 5, 8, 33, 20}});
        try (Decoder model = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1); AdamW optimizer = new AdamW(model, 0, 1, state)) {
            OptimizerStep step = new OptimizerStep(model, Objective.crossEntropy(), optimizer);
            double loss = 0;
            for (int i = 0; i < 60; i++) {
                loss = step.apply(List.of(batch), 0.002).losses().total();
            }
            return loss;
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aRestoredOptimizerGoesOnAsTheOriginal(Precision state) {
        try (Decoder one = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                Decoder two = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                AdamW original = new AdamW(one, DECAY, 1, state);
                AdamW restored = new AdamW(two, DECAY, 1, state);
                NDManager work = Torch.manager()) {
            original.step(randomGradients(one, work, 1), RATE);
            two.parameters().forEach((name, weight) -> weight.set(one.floats(name)));
            SafetensorsWriter.write(folder.resolve("state.safetensors"), original.state(), Map.of());
            try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("state.safetensors"))) {
                restored.restore(file, 1);
            }
            original.step(randomGradients(one, work, 2), RATE);
            restored.step(randomGradients(two, work, 2), RATE);
            one.parameters().keySet().forEach(name -> assertThat(two.floats(name)).as(name).isEqualTo(one.floats(name)));
        }
    }

    @Test
    void aGradientThatIsNoNumberStopsTheTrainingAndChangesNothing() {
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                AdamW optimizer = new AdamW(decoder, DECAY, 1);
                NDManager work = Torch.manager()) {
            Map<String, NDArray> gradients = randomGradients(decoder, work, 1);
            String bad = "model.layers.1.mlp.up_proj.weight";
            gradients.get(bad).muli(Float.NaN);
            float[] before = decoder.floats(ParameterSpec.EMBEDDING);
            assertThatThrownBy(() -> optimizer.step(gradients, RATE))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining(bad).hasMessageContaining("learning rate");
            assertThat(decoder.floats(ParameterSpec.EMBEDDING)).isEqualTo(before);
        }
    }

    private static Map<String, NDArray> randomGradients(Decoder decoder, NDManager work, long seed) {
        Map<String, NDArray> gradients = new HashMap<>();
        decoder.parameters().forEach((name, weight) -> {
            Random random = new Random(seed * 31 + name.hashCode());
            float[] values = new float[(int) weight.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.1 * random.nextGaussian());
            }
            gradients.put(name, work.create(values, weight.getShape()));
        });
        return gradients;
    }

    /// AdamW as Loshchilov and Hutter print it, in double precision, with PyTorch's place for epsilon.
    private static final class Reference {
        private final Map<String, double[]> weights = new HashMap<>();
        private final Map<String, double[]> means = new HashMap<>();
        private final Map<String, double[]> variances = new HashMap<>();
        private final double clipNorm;

        Reference(Decoder decoder, double clipNorm) {
            this.clipNorm = clipNorm;
            decoder.parameters().keySet().forEach(name -> {
                float[] values = decoder.floats(name);
                double[] copy = new double[values.length];
                for (int i = 0; i < copy.length; i++) {
                    copy[i] = values[i];
                }
                weights.put(name, copy);
                means.put(name, new double[copy.length]);
                variances.put(name, new double[copy.length]);
            });
        }

        double step(Map<String, NDArray> gradients, int t) {
            double squares = 0;
            for (NDArray gradient : gradients.values()) {
                for (float value : gradient.toFloatArray()) {
                    squares += (double) value * value;
                }
            }
            double norm = Math.sqrt(squares);
            double scale = clipNorm > 0 ? Math.min(1, clipNorm / norm) : 1;
            weights.forEach((name, w) -> {
                boolean decays = name.endsWith("_proj.weight");
                float[] gradient = gradients.get(name).toFloatArray();
                double[] m = means.get(name);
                double[] v = variances.get(name);
                for (int i = 0; i < w.length; i++) {
                    double g = gradient[i] * scale;
                    w[i] -= decays ? RATE * DECAY * w[i] : 0;
                    m[i] = 0.9 * m[i] + 0.1 * g;
                    v[i] = 0.999 * v[i] + 0.001 * g * g;
                    double corrected = Math.sqrt(v[i] / (1 - Math.pow(0.999, t)));
                    w[i] -= RATE * m[i] / (1 - Math.pow(0.9, t)) / (corrected + 1e-8);
                }
            });
            return norm;
        }
    }
}
