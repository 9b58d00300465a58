package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Torch;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
                double norm = optimizer.step(gradients, RATE);
                assertThat(norm).isCloseTo(reference.step(gradients, step), within(1e-4));
            }
            reference.weights.forEach((name, weights) -> {
                float[] actual = decoder.floats(name);
                for (int i = 0; i < actual.length; i++) {
                    assertThat((double) actual[i]).as(name).isCloseTo(weights[i], within(2e-6));
                }
            });
        }
    }

    @Test
    void aRestoredOptimizerGoesOnAsTheOriginal() {
        try (Decoder one = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                Decoder two = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                AdamW original = new AdamW(one, DECAY, 1);
                AdamW restored = new AdamW(two, DECAY, 1);
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
