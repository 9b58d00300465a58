package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Random;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.FamilyModels;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The CPU engine beside the training graph, which `FamilyReferenceTest` holds to an implementation that is not ours.
class FamilyEngineTest {

    private static final int VOCABULARY = 40;
    private static final int[] IDS = new Random(3).ints(60, 0, VOCABULARY).toArray();

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(FamilyModels.class)
    void fullPrecisionEqualsTheTrainingGraph(FamilyModels family) {
        try (Decoder decoder = family.halfDecoder(SubLnPlacement.OFF, LinearMode.FULL)) {
            ModelFolder.save(decoder, folder, DType.F32);
            assertThat(engine()).containsExactly(graph(decoder), within(1e-4f));
        }
    }

    /// A tie in INT8 rounding may fall to the other side, which moves a few logits a little.
    @ParameterizedTest
    @EnumSource(FamilyModels.class)
    void studentsEqualTheTrainingGraphInEveryPlacement(FamilyModels family) {
        for (SubLnPlacement placement : SubLnPlacement.values()) {
            try (Decoder decoder = family.halfDecoder(placement, LinearMode.TERNARY)) {
                ModelFolder.save(decoder, folder, DType.F32);
                assertThat(engine()).as(placement.name()).containsExactly(graph(decoder), within(0.05f));
            }
        }
    }

    @Test
    void decodingPastTheWindowEqualsPrefilling() {
        try (Decoder decoder = FamilyModels.GEMMA3.decoder(SubLnPlacement.PAPER, LinearMode.TERNARY)) {
            ModelFolder.save(decoder, folder, DType.F32);
            try (var model = CausalModel.load(folder, 2); var together = model.newSession(64); var single = model.newSession(64)) {
                float[][] all = together.prefillAll(IDS);
                for (int i = 0; i < IDS.length; i++) {
                    assertThat(single.decode(IDS[i])).containsExactly(all[i]);
                }
            }
        }
    }

    private float[] engine() {
        try (var model = CausalModel.load(folder, 2); var session = model.newSession(64)) {
            float[][] rows = session.prefillAll(IDS);
            float[] all = new float[rows.length * VOCABULARY];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(rows[i], 0, all, i * VOCABULARY, VOCABULARY);
            }
            return all;
        }
    }

    private static float[] graph(Decoder decoder) {
        try (DecoderGraph graph = decoder.graph(false); NDManager work = graph.manager().newSubManager()) {
            return graph.forward(work, new int[][] {IDS}).logits().toFloatArray();
        }
    }
}
