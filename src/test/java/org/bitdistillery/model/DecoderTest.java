package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.bitdistillery.config.SubLnPlacement;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecoderTest {

    private static final Path STORIES = Path.of("../shared/data/models/stories260K");

    @Test
    void aRealCheckpointHasTheLossOfAnIndependentReference() throws IOException {
        Assumptions.assumeTrue(Files.exists(STORIES), "the real model of ../shared is absent");
        // "One day, a little girl named Lily found a ne" after <s>; the loss is that of a float64 forward pass written in NumPy.
        int[] ids = {1, 385, 328, 432, 261, 376, 298, 315, 421, 395, 317, 272, 277, 264, 261, 404};
        try (Decoder decoder = ModelFolder.load(STORIES);
                DecoderGraph graph = decoder.graph(false);
                NDManager work = graph.manager().newSubManager()) {
            float[] logProbabilities = graph.forward(work, new int[][] {ids}).logits().logSoftmax(-1).toFloatArray();
            double loss = 0;
            for (int t = 0; t + 1 < ids.length; t++) {
                loss -= logProbabilities[t * 512 + ids[t + 1]] / (ids.length - 1);
            }
            assertThat(loss).isCloseTo(0.677653, within(1e-5));
        }
    }

    @ParameterizedTest
    @EnumSource(SubLnPlacement.class)
    void paddingOnTheRightChangesNoRealToken(SubLnPlacement placement) {
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 7);
                Decoder student = Subln.student(base, placement)) {
            float[] alone = logits(student, new int[][] {{1, 5, 9}});
            float[] padded = logits(student, new int[][] {{1, 5, 9, 0, 0}, {1, 2, 3, 4, 5}});
            assertThat(Arrays.copyOf(padded, alone.length)).containsExactly(alone, within(1e-6f));
        }
    }

    @Test
    void rowsAskedForEqualThoseOfTheWholePass() {
        try (Decoder decoder = Decoder.random(Shapes.untied(SubLnPlacement.OFF), 7);
                DecoderGraph graph = decoder.graph(false);
                NDManager work = graph.manager().newSubManager()) {
            int[][] ids = {{1, 5, 9, 4}, {1, 2, 3, 6}};
            float[] all = graph.forward(work, ids).logits().toFloatArray();
            float[] some = graph.forward(work, ids, work.create(new long[] {2, 7}), Set.of()).logits().toFloatArray();
            assertThat(Arrays.copyOf(some, 40)).containsExactly(Arrays.copyOfRange(all, 80, 120), within(1e-6f));
            assertThat(Arrays.copyOfRange(some, 40, 80)).containsExactly(Arrays.copyOfRange(all, 280, 320), within(1e-6f));
        }
    }

    @Test
    void aLaterTokenDoesNotReachBack() {
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 7)) {
            float[] one = logits(decoder, new int[][] {{1, 5, 9, 4}});
            float[] other = logits(decoder, new int[][] {{1, 5, 9, 33}});
            assertThat(Arrays.copyOf(one, 120)).isEqualTo(Arrays.copyOf(other, 120));
            assertThat(Arrays.copyOfRange(one, 120, 160)).isNotEqualTo(Arrays.copyOfRange(other, 120, 160));
        }
    }

    @Test
    void newNormsBeginWithOneAndEverythingElseIsCopied() {
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 7);
                Decoder student = Subln.student(base, SubLnPlacement.ALL)) {
            assertThat(student.parameters()).hasSize(base.parameters().size() + 14);
            for (ParameterSpec spec : ParameterSpec.of(student.architecture())) {
                if (spec.isSubLn()) {
                    assertThat(student.floats(spec.name())).containsOnly(1);
                } else {
                    assertThat(student.floats(spec.name())).isEqualTo(base.floats(spec.name()));
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameModel() {
        try (Decoder one = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 7);
                Decoder same = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 7);
                Decoder other = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 8)) {
            assertThat(same.floats(ParameterSpec.EMBEDDING)).isEqualTo(one.floats(ParameterSpec.EMBEDDING));
            assertThat(other.floats(ParameterSpec.EMBEDDING)).isNotEqualTo(one.floats(ParameterSpec.EMBEDDING));
        }
    }

    @Test
    void aTernaryDecoderComputesWithItsOwnTernaryCodes() {
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 7);
                Decoder student = Subln.student(base, SubLnPlacement.PAPER);
                Decoder frozen = new Decoder(student.architecture(), LinearMode.TERNARY_FROZEN, DataType.FLOAT32,
                        spec -> spec.kind() == ParameterSpec.Kind.PROJECTION
                                ? student.ternary(spec.name()).dequantized() : student.floats(spec.name()))) {
            int[][] ids = {{1, 5, 9, 4}};
            assertThat(logits(frozen, ids)).isEqualTo(logits(student, ids));
            assertThat(logits(student, ids)).isNotEqualTo(logits(base, ids));
        }
    }

    private static float[] logits(Decoder decoder, int[][] ids) {
        try (DecoderGraph graph = decoder.graph(false); NDManager work = graph.manager().newSubManager()) {
            return graph.forward(work, ids).logits().toFloatArray();
        }
    }
}
