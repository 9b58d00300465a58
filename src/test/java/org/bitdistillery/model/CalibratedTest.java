package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.config.Quantization.Granularity;
import org.bitdistillery.config.Quantization.Initialization;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Calibrated.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CalibratedTest {

    private static final int VOCABULARY = 40;
    private static final String UP = "model.layers.1.mlp.up_proj.weight";

    /// Grouped queries: four heads share two key heads.
    private static final Architecture SHAPE = Architecture.llama(
            VOCABULARY, 16, 2, 4, 2, 4, 24, 64, 1e-5, 10_000, true, SubLnPlacement.OFF, 1, 2);

    private static final List<int[]> SEQUENCES = sequences(12);

    @ParameterizedTest
    @EnumSource(value = SubLnPlacement.class, names = {"OFF", "PAPER"})
    void awqLeavesTheFullPrecisionFunctionAsItWas(SubLnPlacement placement) {
        try (Decoder base = loud(SHAPE.withSubLn(placement)); Decoder scaled = Calibrated.initialize(base, with(Initialization.AWQ), SEQUENCES)) {
            assertThat(logits(scaled)).containsExactly(logits(base), within(2e-4f));
            assertThat(scaled.floats(UP)).isNotEqualTo(base.floats(UP));
        }
    }

    @ParameterizedTest
    @EnumSource(value = FamilyModels.class, names = {"QWEN2", "QWEN3", "GEMMA3"})
    void awqLeavesTheFunctionOfEveryFamilyAsItWas(FamilyModels model) {
        try (Decoder base = model.decoder(SubLnPlacement.OFF, LinearMode.FULL);
                Decoder scaled = Calibrated.initialize(base, with(Initialization.AWQ), SEQUENCES);
                Decoder compensated = Calibrated.convert(base, Method.GPTQ, Quantization.DEFAULTS, SEQUENCES)) {
            assertThat(logits(scaled)).containsExactly(logits(base), within(2e-4f));
            assertThat(base.parameters().keySet()).anySatisfy(name ->
                    assertThat(scaled.floats(name)).isNotEqualTo(base.floats(name)));
            assertThat(logits(compensated)).isNotEqualTo(logits(base));
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void conversionsHoldFewValuesAndComputeWithThem(Method method) {
        try (Decoder base = loud(SHAPE); Decoder converted = Calibrated.convert(base, method, Quantization.DEFAULTS, SEQUENCES)) {
            Set<Float> magnitudes = new HashSet<>();
            for (float weight : converted.floats(UP)) {
                magnitudes.add(Math.abs(weight));
            }
            if (method == Method.PTQTP) {
                // four magnitudes a row and group of 128: |a1|, |a2|, |a1 + a2|, |a1 - a2|
                assertThat(magnitudes.size()).isLessThanOrEqualTo(1 + 4 * 24);
            } else {
                assertThat(magnitudes).hasSize(2).contains(0f);
            }
            assertThat(converted.mode()).isEqualTo(LinearMode.TERNARY_FROZEN);
            assertThat(converted.floats("model.embed_tokens.weight")).isEqualTo(base.floats("model.embed_tokens.weight"));
            assertThat(logits(converted)).isNotEqualTo(logits(base));
        }
    }

    @Test
    void roundingIsWhatADirectlyQuantizedModelComputes() {
        try (Decoder base = loud(SHAPE);
                Decoder direct = Subln.student(base, SubLnPlacement.OFF);
                Decoder rounded = Calibrated.convert(base, Method.ABSMEAN, Quantization.DEFAULTS, List.of())) {
            assertThat(logits(rounded)).isEqualTo(logits(direct));
        }
    }

    @Test
    void gptqErrsLessThanRoundingOnTheCalibrationInputs() {
        List<int[]> many = sequences(60);
        String name = "model.layers.0.mlp.down_proj.weight";
        try (Decoder base = loud(SHAPE);
                Decoder gptq = Calibrated.convert(base, Method.GPTQ, Quantization.DEFAULTS, many);
                Decoder rounded = Calibrated.convert(base, Method.ABSMEAN, Quantization.DEFAULTS, many)) {
            InputMoments inputs = InputMoments.collect(base, many, name::equals).get(name);
            assertThat(outputError(base.floats(name), gptq.floats(name), inputs))
                    .isLessThan(0.9 * outputError(base.floats(name), rounded.floats(name), inputs));
        }
    }

    /// `Σ_rows (q - w)ᵀ·G·(q - w)`.
    private static double outputError(float[] weights, float[] rounded, InputMoments inputs) {
        int n = inputs.columns();
        double sum = 0;
        for (int row = 0; row < weights.length; row += n) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    sum += (rounded[row + i] - weights[row + i]) * inputs.gram()[i * n + j] * (rounded[row + j] - weights[row + j]);
                }
            }
        }
        return sum;
    }

    @Test
    void gptqAsABeginningHasTheCodesOfTheConversion() {
        try (Decoder base = loud(SHAPE);
                Decoder converted = Calibrated.convert(base, Method.GPTQ, Quantization.DEFAULTS, SEQUENCES);
                Decoder latent = Calibrated.initialize(base, with(Initialization.GPTQ), SEQUENCES)) {
            float[] rounded = converted.floats(UP);
            float[] weights = latent.floats(UP);
            int same = 0;
            for (int i = 0; i < weights.length; i++) {
                same += Math.signum(rounded[i]) == Math.signum(rounded[i] == 0 ? 0 : weights[i]) ? 1 : 0;
            }
            assertThat(same).isEqualTo(weights.length);
        }
    }

    @Test
    void projectionsThatAreKeptStayAsTheyAre() {
        Quantization keep = new Quantization(Granularity.TENSOR, 2, Initialization.NONE, 1, true, false, List.of("layers.1.mlp"));
        try (Decoder base = loud(SHAPE); Decoder converted = Calibrated.convert(base, Method.GPTQ, keep, SEQUENCES)) {
            assertThat(converted.floats(UP)).isEqualTo(base.floats(UP));
            assertThat(converted.floats("model.layers.0.mlp.up_proj.weight")).isNotEqualTo(base.floats("model.layers.0.mlp.up_proj.weight"));
        }
    }

    @Test
    void momentsAreThoseOfTheRealTokens() {
        try (Decoder base = loud(SHAPE)) {
            String name = "model.layers.0.self_attn.q_proj.weight";
            InputMoments together = InputMoments.collect(base, SEQUENCES, name::equals).get(name);
            double[] gram = new double[16 * 16];
            for (int[] sequence : SEQUENCES) {
                double[] own = InputMoments.collect(base, List.of(sequence), name::equals).get(name).gram();
                for (int i = 0; i < gram.length; i++) {
                    gram[i] += own[i];
                }
            }
            assertThat(together.gram()).containsExactly(gram, within(1e-3));
        }
    }

    private static Quantization with(Initialization initialization) {
        return new Quantization(Granularity.TENSOR, 256, initialization, 32, true, false, List.of());
    }

    /// Weights large enough that blocks matter beside the residual stream; some channels have large activations and small
    /// weights, which is where AWQ has something to win.
    private static Decoder loud(Architecture shape) {
        Decoder decoder = Decoder.random(shape, 7);
        for (ParameterSpec spec : ParameterSpec.of(shape)) {
            float[] values = decoder.floats(spec.name());
            int columns = (int) spec.shape()[spec.shape().length - 1];
            for (int i = 0; i < values.length; i++) {
                float channel = i % columns % 4 == 1 ? 6 : 1;
                values[i] = switch (spec.kind()) {
                    case NORM -> spec.name().equals(ParameterSpec.FINAL_NORM) ? 1 : channel;
                    case PROJECTION -> 12 * values[i] / channel;
                    default -> 12 * values[i];
                };
            }
            Torch.overwrite(decoder.parameter(spec.name()), values);
        }
        return decoder;
    }

    private static List<int[]> sequences(int count) {
        Random random = new Random(11);
        List<int[]> sequences = new ArrayList<>();
        IntStream.range(0, count).forEach(_ -> sequences.add(random.ints(3 + random.nextInt(9), 0, VOCABULARY).toArray()));
        return sequences;
    }

    private static float[] logits(Decoder decoder) {
        try (DecoderGraph graph = decoder.graph(false); NDManager work = graph.manager().newSubManager()) {
            return graph.forward(work, Stream.of(new int[] {1, 5, 9, 30, 2, 17}, new int[] {3, 3, 8, 21, 39, 0}).toArray(int[][]::new))
                    .logits().toFloatArray();
        }
    }
}
