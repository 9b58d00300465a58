package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleConsumer;
import org.bitdistillery.data.Example;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Torch;

/// Classification by generation: the label whose answer has the largest log-probability after the prompt. And the loss of
/// answers and of plain text.
///
/// The weights are quantized once, when an evaluator is made; they must not change while it lives. With large vocabularies
/// batches get smaller, so that their logits stay within bounds.
public final class Evaluator implements AutoCloseable {

    /// Logits that are held at once, a quarter of a gigabyte.
    private static final long MOST_LOGITS = 1L << 26;

    private final DecoderGraph graph;
    private final int vocabulary;
    private final int batchSize;

    public Evaluator(Decoder decoder, int batchSize) {
        this.graph = decoder.graph(false);
        this.vocabulary = decoder.architecture().vocabularySize();
        this.batchSize = batchSize;
    }

    /// @param predictions label index by row, in the order of the rows
    /// @param correct     rows whose prediction is their label
    /// @param loss        mean cross-entropy of the true labels' answer tokens, in nats
    public record Result(int[] predictions, int correct, double loss) {

        public double accuracy() {
            return (double) correct / predictions.length;
        }
    }

    /// @param answers  token ids of each label's answer
    /// @param progress hears the fraction done, 0..1, after every batch; what it throws ends the evaluation
    public Result classify(List<Example> examples, List<int[]> answers, DoubleConsumer progress) {
        double[][] scores = answersAreSingleTokens(answers)
                ? scoreAtOnce(examples, answers, progress)
                : scoreEach(examples, answers, progress);
        int[] predictions = new int[examples.size()];
        int correct = 0;
        double loss = 0;
        long answerTokens = 0;
        for (int i = 0; i < predictions.length; i++) {
            int label = examples.get(i).label();
            predictions[i] = indexOfLargest(scores[i]);
            correct += predictions[i] == label ? 1 : 0;
            loss -= scores[i][label];
            answerTokens += answers.get(label).length;
        }
        return new Result(predictions, correct, loss / answerTokens);
    }

    /// Mean cross-entropy of the rows' own answers in nats a token.
    ///
    /// @param progress hears the fraction done, 0..1, after every batch; what it throws ends the evaluation
    public double answerLoss(List<Example> examples, DoubleConsumer progress) {
        double sum = 0;
        long targets = 0;
        List<Integer> order = byLength(examples);
        int most = rowsAtOnce(examples.stream().mapToInt(example -> example.answer().length).max().orElseThrow());
        for (int start = 0; start < order.size(); start += most) {
            List<Integer> rows = order.subList(start, Math.min(start + most, order.size()));
            Batch batch = Batch.of(rows.stream().map(examples::get).toList());
            for (float value : logProbabilities(batch)) {
                sum -= value;
            }
            targets += batch.targets();
            progress.accept((double) (start + rows.size()) / order.size());
        }
        return sum / targets;
    }

    /// @param targets logits that each row asks for
    private int rowsAtOnce(int targets) {
        return (int) Math.clamp(MOST_LOGITS / ((long) vocabulary * targets), 1, batchSize);
    }

    /// Mean next-token cross-entropy of plain text in nats; its exponential is the perplexity.
    public double meanLoss(List<int[]> sequences) {
        double sum = 0;
        long targets = 0;
        int most = rowsAtOnce(sequences.stream().mapToInt(sequence -> sequence.length).max().orElseThrow());
        for (int start = 0; start < sequences.size(); start += most) {
            int[][] chosen = sequences.subList(start, Math.min(start + most, sequences.size())).toArray(int[][]::new);
            Batch batch = Batch.packed(chosen);
            for (float value : logProbabilities(batch)) {
                sum -= value;
            }
            targets += batch.targets();
        }
        return sum / targets;
    }

    private static boolean answersAreSingleTokens(List<int[]> answers) {
        return answers.stream().allMatch(answer -> answer.length == 1);
    }

    /// All answers are one token: one pass over the prompt scores them all.
    private double[][] scoreAtOnce(List<Example> examples, List<int[]> answers, DoubleConsumer progress) {
        double[][] scores = new double[examples.size()][answers.size()];
        List<Integer> order = byLength(examples);
        int most = rowsAtOnce(1);
        for (int start = 0; start < order.size(); start += most) {
            List<Integer> rows = order.subList(start, Math.min(start + most, order.size()));
            Batch batch = Batch.of(rows.stream().map(row -> withAnswer(examples.get(row), answers.getFirst())).toList());
            try (NDManager work = graph.manager().newSubManager()) {
                NDArray logits = graph.forward(work, batch.ids(), work.create(batch.targetRows()), Set.of()).logits();
                float[] values = Torch.floats(logits.logSoftmax(-1));
                for (int i = 0; i < rows.size(); i++) {
                    for (int label = 0; label < answers.size(); label++) {
                        scores[rows.get(i)][label] = values[i * vocabulary + answers.get(label)[0]];
                    }
                }
            }
            progress.accept((double) (start + rows.size()) / order.size());
        }
        return scores;
    }

    /// One pass for each answer.
    private double[][] scoreEach(List<Example> examples, List<int[]> answers, DoubleConsumer progress) {
        double[][] scores = new double[examples.size()][answers.size()];
        List<Integer> order = byLength(examples);
        int most = rowsAtOnce(answers.stream().mapToInt(answer -> answer.length).max().orElseThrow());
        for (int start = 0; start < order.size(); start += most) {
            List<Integer> rows = order.subList(start, Math.min(start + most, order.size()));
            for (int label = 0; label < answers.size(); label++) {
                int[] answer = answers.get(label);
                Batch batch = Batch.of(rows.stream().map(row -> withAnswer(examples.get(row), answer)).toList());
                float[] values = logProbabilities(batch);
                for (int i = 0; i < values.length; i++) {
                    scores[rows.get(i / answer.length)][label] += values[i];
                }
            }
            progress.accept((double) (start + rows.size()) / order.size());
        }
        return scores;
    }

    private static Example withAnswer(Example example, int[] answer) {
        return new Example(example.prompt(), answer, example.label());
    }

    /// Shortest first: rows of one batch have nearly the same length, which saves padding.
    private static List<Integer> byLength(List<Example> examples) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(row -> examples.get(row).prompt().length));
        return order;
    }

    /// Of every target, in the order of [Batch#targetTokens].
    private float[] logProbabilities(Batch batch) {
        try (NDManager work = graph.manager().newSubManager()) {
            return ChunkedLosses.logProbabilities(
                    graph.forward(work, batch.ids(), work.create(batch.targetRows()), Set.of()), batch.targetTokens());
        }
    }

    private static int indexOfLargest(double[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    @Override
    public void close() {
        graph.close();
    }
}
