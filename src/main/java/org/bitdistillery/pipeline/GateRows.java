package org.bitdistillery.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bitdistillery.data.Example;

/// What a gate asks every reader.
///
/// @param sequences whose logits are compared token by token
/// @param questions rows to be answered
/// @param answers   candidates by label index; empty in a generation task
record GateRows(List<int[]> sequences, List<Example> questions, List<int[]> answers) {

    private static final int SEQUENCES = 24;
    private static final int LONGEST = 96;
    private static final int QUESTIONS = 200;
    /// Of logits that are kept on disk for the comparison.
    private static final long MOST_BYTES = 256L << 20;

    /// Out of a task's test set.
    static GateRows of(TaskInputs task, int vocabularySize) {
        List<Example> rows = task.test();
        List<int[]> answers = task.answers();
        long tokens = Math.max(LONGEST, MOST_BYTES / 4 / vocabularySize);
        List<int[]> sequences = new ArrayList<>();
        for (Example row : rows.subList(0, Math.min(SEQUENCES, rows.size()))) {
            int[] sequence = IntStream.concat(Arrays.stream(row.prompt()), Arrays.stream(row.answer())).limit(LONGEST).toArray();
            tokens -= sequence.length;
            if (tokens < 0) {
                break;
            }
            sequences.add(sequence);
        }
        List<Example> questions = answers.isEmpty() ? List.of() : List.copyOf(rows.subList(0, Math.min(QUESTIONS, rows.size())));
        return new GateRows(List.copyOf(sequences), questions, answers);
    }

    /// Tokens that a reader must have room for.
    int longest() {
        int longestAnswer = answers.stream().mapToInt(answer -> answer.length).max().orElse(0);
        int prompt = questions.stream().mapToInt(row -> row.prompt().length).max().orElse(0);
        return Math.max(prompt + longestAnswer, sequences.stream().mapToInt(sequence -> sequence.length).max().orElse(1));
    }

    int tokens() {
        return sequences.stream().mapToInt(sequence -> sequence.length).sum();
    }

    /// The label whose answer has the largest log-probability behind the prompt.
    int answer(LogitReader reader, Example row) {
        double[] scores = reader.scores(row.prompt(), answers);
        return IntStream.range(0, scores.length).reduce(0, (best, label) -> scores[label] > scores[best] ? label : best);
    }

    /// `-log softmax(logits)[token]`.
    static double nats(float[] logits, int token) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        return largest + Math.log(sum) - logits[token];
    }

    static int likeliest(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            best = logits[token] > logits[best] ? token : best;
        }
        return best;
    }
}
