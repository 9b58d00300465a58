package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.inference.Sampler;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Subln;
import org.junit.jupiter.api.Test;

class AnswerDecoderTest {

    private static final int LONGEST = 12;
    private static final LongFunction<Sampler> GREEDY = _ -> Sampler.greedy();

    private final List<int[]> prompts = prompts();

    @Test
    void greedyAnswersAreTheLikeliestTokensUntilTheEndOfSequence() {
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 2);
                Decoder student = Subln.student(base, SubLnPlacement.PAPER);
                AnswerDecoder answering = new AnswerDecoder(student, LONGEST, GREEDY)) {
            List<Double> progress = new ArrayList<>();
            List<int[]> answers = answering.answers(prompts, 1, progress::add);
            int ended = 0;
            for (int i = 0; i < prompts.size(); i++) {
                int[] expected = withoutCache(student, prompts.get(i));
                assertThat(answers.get(i)).isEqualTo(expected);
                ended += expected.length < LONGEST ? 1 : 0;
            }
            assertThat(ended).as("some answers end by themselves, others are cut").isBetween(1, prompts.size() - 1);
            assertThat(progress).isSorted().endsWith(1.0);
        }
    }

    @Test
    void drawnAnswersHangOnTheSeedAndTheRowAlone() {
        LongFunction<Sampler> drawing = seed -> Sampler.of(1, 0, 0.9, seed);
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 2);
                AnswerDecoder answering = new AnswerDecoder(base, LONGEST, drawing)) {
            List<int[]> answers = answering.answers(prompts, 1, _ -> {});
            assertThat(answering.answers(prompts, 1, _ -> {})).usingRecursiveComparison().isEqualTo(answers);
            assertThat(answering.answers(prompts, 2, _ -> {})).usingRecursiveComparison().isNotEqualTo(answers);
            assertThat(answering.answers(prompts.subList(0, 1), 1, _ -> {}).getFirst()).isEqualTo(answers.getFirst());
            assertThat(answering.answers(List.of(prompts.get(1), prompts.get(1)), 1, _ -> {})).as("rows draw apart")
                    .satisfies(same -> assertThat(same.get(0)).isNotEqualTo(same.get(1)));
        }
    }

    private static List<int[]> prompts() {
        Random random = new Random(4);
        return IntStream.range(0, 24).mapToObj(_ -> random.ints(2 + random.nextInt(6), 3, 40).toArray()).toList();
    }

    private static int[] withoutCache(Decoder decoder, int[] prompt) {
        int[] ids = prompt;
        try (DecoderGraph graph = decoder.graph(false)) {
            while (ids.length < prompt.length + LONGEST) {
                try (NDManager work = graph.manager().newSubManager()) {
                    float[] logits = graph.forward(work, new int[][] {ids}).logits().toFloatArray();
                    int vocabulary = logits.length / ids.length;
                    int next = Sampler.greedy().next(Arrays.copyOfRange(logits, logits.length - vocabulary, logits.length));
                    if (next == decoder.architecture().eosTokenId()) {
                        break;
                    }
                    ids = IntStream.concat(Arrays.stream(ids), IntStream.of(next)).toArray();
                }
            }
        }
        return Arrays.copyOfRange(ids, prompt.length, ids.length);
    }
}
