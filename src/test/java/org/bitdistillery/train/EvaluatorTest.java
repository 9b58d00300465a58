package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.data.Example;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Subln;
import org.junit.jupiter.api.Test;

class EvaluatorTest {

    private static final int VOCABULARY = 40;

    @Test
    void severalTokenAnswersAreComparedByTheirSummedLogProbability() {
        agreesWithOneRowAtATime(List.of(new int[] {5, 9, 2}, new int[] {6, 2}));
    }

    @Test
    void singleTokenAnswersAreScoredInOnePassWithTheSameResult() {
        agreesWithOneRowAtATime(List.of(new int[] {5}, new int[] {6}, new int[] {7}));
    }

    private static void agreesWithOneRowAtATime(List<int[]> answers) {
        List<Example> examples = examples(answers);
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 2);
                Decoder decoder = Subln.student(base, SubLnPlacement.PAPER);
                Evaluator evaluator = new Evaluator(decoder, 4)) {
            List<Double> progress = new ArrayList<>();
            Evaluator.Result result = evaluator.classify(examples, answers, progress::add);
            int correct = 0;
            double loss = 0;
            int tokens = 0;
            for (int i = 0; i < examples.size(); i++) {
                Example example = examples.get(i);
                int best = 0;
                for (int label = 1; label < answers.size(); label++) {
                    double score = score(decoder, example.prompt(), answers.get(label));
                    best = score > score(decoder, example.prompt(), answers.get(best)) ? label : best;
                }
                assertThat(result.predictions()[i]).isEqualTo(best);
                correct += best == example.label() ? 1 : 0;
                loss -= score(decoder, example.prompt(), example.answer());
                tokens += example.answer().length;
            }
            assertThat(result.correct()).isEqualTo(correct);
            assertThat(result.accuracy()).isEqualTo(correct / 11.0);
            assertThat(result.loss()).isCloseTo(loss / tokens, within(1e-5));
            assertThat(progress).isSorted().endsWith(1.0).hasSize(3);
        }
    }

    @Test
    void answerLossWeighsEveryTokenOfEveryAnswerTheSame() {
        List<Example> examples = List.of(
                new Example(new int[] {1, 7, 8}, new int[] {9, 2}, -1), new Example(new int[] {1, 5}, new int[] {6, 6, 7, 11, 2}, -1),
                new Example(new int[] {1, 3, 4, 9, 9}, new int[] {2}, -1));
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 2); Evaluator evaluator = new Evaluator(decoder, 2)) {
            double sum = examples.stream().mapToDouble(example -> score(decoder, example.prompt(), example.answer())).sum();
            assertThat(evaluator.answerLoss(examples, _ -> {})).isCloseTo(-sum / 8, within(1e-5));
        }
    }

    /// 64 tokens of 151,936 logits are 39 MB: no more than 6 rows fit into a quarter of a gigabyte.
    @Test
    void largeVocabulariesMakeBatchesSmaller() {
        Architecture large = Architecture.llama(151_936, 4, 1, 1, 1, 4, 4, 128, 1e-5, 10_000, true, SubLnPlacement.OFF, 1, 2);
        List<Example> examples = IntStream.range(0, 7)
                .mapToObj(i -> new Example(new int[] {1, 100_000 + i}, IntStream.range(0, 64).map(t -> 1_000 * t + i).toArray(), -1))
                .toList();
        try (Decoder decoder = Decoder.random(large, 2); Evaluator evaluator = new Evaluator(decoder, 64)) {
            List<Double> progress = new ArrayList<>();
            assertThat(evaluator.answerLoss(examples, progress::add)).isCloseTo(Math.log(151_936), within(0.1));
            assertThat(progress).containsExactly(6 / 7.0, 1.0);
        }
    }

    @Test
    void meanLossOfTextWeighsEveryTargetTheSame() {
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 2);
                Evaluator evaluator = new Evaluator(decoder, 2)) {
            int[] one = {1, 7, 8};
            int[] other = {1, 9, 10, 11, 12};
            int[] bos = {1};
            double sum = score(decoder, bos, new int[] {7, 8}) + score(decoder, bos, new int[] {9, 10, 11, 12});
            assertThat(evaluator.meanLoss(List.of(one, other))).isCloseTo(-sum / 6, within(1e-5));
        }
    }

    private static List<Example> examples(List<int[]> answers) {
        Random random = new Random(4);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            int label = random.nextInt(answers.size());
            examples.add(new Example(random.ints(2 + random.nextInt(6), 0, VOCABULARY).toArray(), answers.get(label), label));
        }
        return examples;
    }

    /// Log-probability of an answer after a prompt, from a pass over this row alone.
    private static double score(Decoder decoder, int[] prompt, int[] answer) {
        int[] ids = new int[prompt.length + answer.length];
        System.arraycopy(prompt, 0, ids, 0, prompt.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length);
        try (DecoderGraph graph = decoder.graph(false); NDManager work = graph.manager().newSubManager()) {
            float[] logProbabilities = graph.forward(work, new int[][] {ids}).logits().logSoftmax(-1).toFloatArray();
            double sum = 0;
            for (int i = 0; i < answer.length; i++) {
                sum += logProbabilities[(prompt.length + i - 1) * VOCABULARY + answer[i]];
            }
            return sum;
        }
    }
}
