package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CausalModelTest {

    private static final int[] TOKENS = new Random(9).ints(41, 0, 53).toArray();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"OFF,true,1", "OFF,false,2", "PAPER,true,2", "ALL,true,1", "ALL,false,3"})
    void halfPrecisionModelEqualsTheReference(SubLnPlacement subLn, boolean tied, int threads) {
        Architecture shape = TinyModels.architecture(subLn, tied);
        Map<String, float[]> weights = TinyModels.weights(shape, 11);
        try (var model = model(shape, weights, false, false, threads); var session = model.newSession(64)) {
            assertThat(model.format()).isEqualTo(WeightFormat.F16);
            assertClose(session.prefillAll(TOKENS), new ReferenceForward(shape, weights, false).logits(TOKENS), 2e-5);
        }
    }

    /// A tie in INT8 rounding may fall to the other side in single precision, so a few activations may differ by one step.
    @ParameterizedTest
    @CsvSource({"OFF,true,1", "PAPER,true,2", "PAPER,false,1", "ALL,true,2"})
    void packedStudentEqualsTheReference(SubLnPlacement subLn, boolean tied, int threads) {
        Architecture shape = TinyModels.architecture(subLn, tied);
        Map<String, float[]> weights = TinyModels.weights(shape, 12);
        double[][] expected = new ReferenceForward(shape, weights, true).logits(TOKENS);
        try (var model = model(shape, weights, true, false, threads); var session = model.newSession(64)) {
            assertThat(model.format()).isEqualTo(WeightFormat.TERNARY_2BIT);
            assertClose(session.prefillAll(TOKENS), expected, 0.02);
        }
    }

    @Test
    void latentWeightsOfAStudentAreRoundedToTheSameModel() {
        Architecture shape = TinyModels.architecture(SubLnPlacement.PAPER, true);
        Map<String, float[]> weights = TinyModels.weights(shape, 13);
        try (var packed = model(shape, weights, true, false, 1); var latent = model(shape, weights, false, true, 1)) {
            assertThat(latent.newSession(64).prefill(TOKENS)).containsExactly(packed.newSession(64).prefill(TOKENS));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "TERNARY_2BIT"})
    void prefillingEqualsDecodingTokenByToken(WeightFormat format) {
        Architecture shape = TinyModels.architecture(SubLnPlacement.PAPER, true);
        try (var model = model(shape, TinyModels.weights(shape, 14), format == WeightFormat.TERNARY_2BIT, false, 2);
                var together = model.newSession(64);
                var single = model.newSession(64)) {
            float[][] all = together.prefillAll(TOKENS);
            for (int i = 0; i < TOKENS.length; i++) {
                assertThat(single.decode(TOKENS[i])).containsExactly(all[i]);
            }
            single.reset();
            single.prefill(Arrays.copyOf(TOKENS, 17));
            assertThat(single.prefill(Arrays.copyOfRange(TOKENS, 17, 41))).containsExactly(all[40]);
            assertThat(single.position()).isEqualTo(41);
        }
    }

    /// Logits move as far as the format's step lets keys and values move, and prompts read at once still give the bits of single tokens.
    @ParameterizedTest
    @CsvSource({"F32,0", "F16,0.002", "INT8,0.03"})
    void aSmallerCacheChangesLogitsNoMoreThanItsFormatExplains(CacheFormat format, double tolerance) {
        Architecture shape = TinyModels.architecture(SubLnPlacement.OFF, true);
        try (var model = model(shape, TinyModels.weights(shape, 18), false, false, 2);
                var exact = model.newSession(64);
                var together = model.newSession(64, format);
                var single = model.newSession(64, format)) {
            float[][] all = together.prefillAll(TOKENS);
            float[][] expected = exact.prefillAll(TOKENS);
            double worst = 0;
            double scale = 0;
            for (int i = 0; i < TOKENS.length; i++) {
                assertThat(single.decode(TOKENS[i])).containsExactly(all[i]);
                for (int j = 0; j < all[i].length; j++) {
                    worst = Math.max(worst, Math.abs(all[i][j] - expected[i][j]));
                    scale = Math.max(scale, Math.abs(expected[i][j]));
                }
            }
            assertThat(worst / scale).isLessThanOrEqualTo(tolerance);
            assertThat(format == CacheFormat.F32 || worst > 0).isTrue();
        }
    }

    @Test
    void keysAndValuesTakeTheBytesOfTheirFormat() {
        Architecture shape = Architecture.llama(64, 256, 3, 4, 2, 64, 512, 64, 1e-5, 10000, true, SubLnPlacement.OFF, 1, 2);
        long numbers = 2L * 3 * 2 * 64 * 64;
        long scales = 2L * 3 * 2 * 64;
        try (var model = model(shape, TinyModels.weights(shape, 19), false, false, 1)) {
            assertThat(model.newSession(64).cacheBytes()).isEqualTo(4 * numbers);
            assertThat(model.newSession(64, CacheFormat.F16).cacheBytes()).isEqualTo(2 * numbers);
            assertThat(model.newSession(64, CacheFormat.INT8).cacheBytes()).isEqualTo(numbers + 4 * scales);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "TERNARY_2BIT"})
    void aDecodedTokenAllocatesNothing(WeightFormat format) {
        Architecture shape = TinyModels.architecture(SubLnPlacement.ALL, true);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().threadId();
        try (var model = model(shape, TinyModels.weights(shape, 15), format == WeightFormat.TERNARY_2BIT, false, 2);
                var session = model.newSession(64)) {
            long allocated = Long.MAX_VALUE;
            // The vector kernels stop boxing once they are compiled; until then a round is not clean.
            for (int round = 0; round < 2000 && allocated > 0; round++) {
                session.reset();
                long before = threads.getThreadAllocatedBytes(id);
                for (int token = 0; token < 32; token++) {
                    session.decode(token);
                }
                allocated = threads.getThreadAllocatedBytes(id) - before;
            }
            assertThat(allocated).isZero();
        }
    }

    @Test
    void packedWeightsTakeAnEighthOfHalfPrecision() {
        Architecture shape = Architecture.llama(64, 256, 1, 4, 4, 64, 512, 64, 1e-5, 10000, true, SubLnPlacement.OFF, 1, 2);
        Map<String, float[]> weights = TinyModels.weights(shape, 16);
        try (var half = model(shape, weights, false, false, 1); var packed = model(shape, weights, true, false, 1)) {
            assertThat(half.projectionBytes()).isEqualTo(2 * shape.projectionParameters());
            assertThat(half.weightBytes()).isEqualTo(2 * shape.projectionParameters() + 2 * 64 * 256 + 4 * 3 * 256);
            assertThat(packed.projectionBytes()).isEqualTo(shape.projectionParameters() / 4);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Architecture shape = TinyModels.architecture(SubLnPlacement.OFF, true);
        Map<String, float[]> weights = TinyModels.weights(shape, 17);
        try (var model = model(shape, weights, false, false, 1); var session = model.newSession(3)) {
            assertThatThrownBy(() -> session.prefill(new int[4]))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("3 tokens");
            assertThatThrownBy(() -> session.decode(53)).isInstanceOf(InvalidInput.class).hasMessageContaining("53");
            assertThatThrownBy(() -> session.prefill(new int[0])).isInstanceOf(InvalidInput.class);
            assertThatThrownBy(() -> model.newSession(65)).isInstanceOf(InvalidInput.class).hasMessageContaining("64");
        }
        Map<String, float[]> missing = new LinkedHashMap<>(weights);
        missing.remove("model.layers.1.mlp.up_proj.weight");
        refused(shape, missing, "no tensor model.layers.1.mlp.up_proj.weight");
        Map<String, float[]> wrong = new LinkedHashMap<>(weights);
        wrong.put("model.norm.weight", new float[43]);
        refused(shape, wrong, "model.norm.weight has the shape [43], config.json makes it [44]");
        Map<String, float[]> broken = new LinkedHashMap<>(weights);
        broken.put("model.norm.weight", weights.get("model.norm.weight").clone());
        broken.get("model.norm.weight")[3] = Float.NaN;
        refused(shape, broken, "model.norm.weight holds NaN");
    }

    private void refused(Architecture shape, Map<String, float[]> weights, String sentence) {
        assertThatThrownBy(() -> model(shape, weights, false, false, 1))
                .isInstanceOf(InvalidInput.class).hasMessageContaining(sentence);
    }

    private CausalModel model(Architecture shape, Map<String, float[]> weights, boolean packed, boolean latent, int threads) {
        TinyModels.write(folder, shape, weights, packed);
        return CausalModel.load(folder, shape, latent ? Quantization.DEFAULTS : null, PackedOptions.DEFAULTS, threads);
    }

    /// Largest difference relative to the largest logit.
    private static void assertClose(float[][] actual, double[][] expected, double tolerance) {
        double scale = 0;
        double worst = 0;
        for (int t = 0; t < expected.length; t++) {
            for (int i = 0; i < expected[t].length; i++) {
                scale = Math.max(scale, Math.abs(expected[t][i]));
                worst = Math.max(worst, Math.abs(expected[t][i] - actual[t][i]));
            }
        }
        assertThat(worst / scale).isLessThan(tolerance);
    }
}
