package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bitdistillery.config.SubLnPlacement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContinuationTest {

    private static final int VOCABULARY = 40;

    /// Prompts of different lengths, sliding windows that the tokens leave behind, and a sequence that is given up on the way.
    @ParameterizedTest
    @EnumSource(FamilyModels.class)
    void everyTokenHasTheLogitsOfAPassOverItsSequenceAlone(FamilyModels family) {
        Random random = new Random(3);
        try (Decoder decoder = family.decoder(SubLnPlacement.OFF, LinearMode.FULL); DecoderGraph graph = decoder.graph(false)) {
            int[][] sequences = {tokens(random, 3), tokens(random, 9), tokens(random, 5)};
            try (Continuation continuation = graph.begin(sequences)) {
                requireSame(graph, sequences, continuation.logits());
                for (int step = 0; step < 7; step++) {
                    if (step == 3) {
                        continuation.keep(new int[] {0, 2});
                        sequences = new int[][] {sequences[0], sequences[2]};
                    }
                    int[] next = random.ints(sequences.length, 0, VOCABULARY).toArray();
                    for (int i = 0; i < next.length; i++) {
                        sequences[i] = IntStream.concat(Arrays.stream(sequences[i]), IntStream.of(next[i])).toArray();
                    }
                    requireSame(graph, sequences, continuation.next(next));
                }
            }
        }
    }

    private static int[] tokens(Random random, int length) {
        return random.ints(length, 0, VOCABULARY).toArray();
    }

    private static void requireSame(DecoderGraph graph, int[][] sequences, float[][] logits) {
        assertThat(logits.length).isEqualTo(sequences.length);
        for (int i = 0; i < sequences.length; i++) {
            try (NDManager work = graph.manager().newSubManager()) {
                float[] all = graph.forward(work, new int[][] {sequences[i]}).logits().toFloatArray();
                float[] last = Arrays.copyOfRange(all, all.length - VOCABULARY, all.length);
                assertThat(logits[i]).as(List.of(i, sequences[i].length).toString()).containsExactly(last, within(2e-5f));
            }
        }
    }
}
