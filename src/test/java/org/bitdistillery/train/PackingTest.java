package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Shapes;
import org.junit.jupiter.api.Test;

/// What PackedSequences says of itself: a packed sequence is one context.
class PackingTest {

    private static final int VOCABULARY = 40;

    @Test
    void aDocumentSeesThoseBeforeItInItsSequenceAndNoneBehind() {
        int[] first = {1, 5, 6, 7, 1, 20, 21, 22};
        int[] otherBefore = {1, 8, 9, 10, 1, 20, 21, 22};
        int[] otherBehind = {1, 5, 6, 7, 1, 30, 31, 32};
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 2); DecoderGraph graph = decoder.graph(false)) {
            float[] logits = logits(graph, first);
            int second = 4 * VOCABULARY;
            assertThat(Arrays.copyOfRange(logits(graph, otherBefore), second, logits.length))
                    .as("attention reaches across the seam")
                    .isNotEqualTo(Arrays.copyOfRange(logits, second, logits.length));
            assertThat(Arrays.copyOf(logits(graph, otherBehind), second)).isEqualTo(Arrays.copyOf(logits, second));
        }
    }

    private static float[] logits(DecoderGraph graph, int[] ids) {
        try (NDManager work = graph.manager().newSubManager()) {
            return graph.forward(work, new int[][] {ids}).logits().toFloatArray();
        }
    }
}
