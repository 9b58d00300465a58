package org.bitdistillery.train;

import java.util.Arrays;
import java.util.List;
import org.bitdistillery.data.Example;

/// Sequences of one optimizer step or a part of it, padded on the right to the longest.
///
/// @param ids         token ids [B][T]; padding is 0
/// @param lengths     real tokens of each sequence
/// @param firstTarget for each sequence, the first position whose token is to be predicted: 1 for plain text, the
///                    prompt's length for a task; every real token from there on is a target
public record Batch(int[][] ids, int[] lengths, int[] firstTarget) {

    /// Task rows: only the answer's tokens are targets.
    public static Batch of(List<Example> examples) {
        int longest = examples.stream().mapToInt(Example::length).max().orElseThrow();
        int[][] ids = new int[examples.size()][];
        int[] lengths = new int[ids.length];
        int[] firstTarget = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            Example example = examples.get(i);
            ids[i] = Arrays.copyOf(example.prompt(), longest);
            System.arraycopy(example.answer(), 0, ids[i], example.prompt().length, example.answer().length);
            lengths[i] = example.length();
            firstTarget[i] = Math.max(1, example.prompt().length);
        }
        return new Batch(ids, lengths, firstTarget);
    }

    /// Plain text: every token but the first is a target.
    public static Batch packed(int[][] sequences) {
        int longest = Arrays.stream(sequences).mapToInt(sequence -> sequence.length).max().orElseThrow();
        int[][] ids = Arrays.stream(sequences).map(sequence -> Arrays.copyOf(sequence, longest)).toArray(int[][]::new);
        int[] lengths = Arrays.stream(sequences).mapToInt(sequence -> sequence.length).toArray();
        int[] firstTarget = new int[ids.length];
        Arrays.fill(firstTarget, 1);
        return new Batch(ids, lengths, firstTarget);
    }

    public int sequences() {
        return ids.length;
    }

    /// Padded length T.
    public int width() {
        return ids[0].length;
    }

    /// Real tokens, padding not counted.
    public long tokens() {
        return Arrays.stream(lengths).asLongStream().sum();
    }

    /// Tokens that are to be predicted.
    public long targets() {
        long targets = 0;
        for (int i = 0; i < ids.length; i++) {
            targets += Math.max(0, lengths[i] - firstTarget[i]);
        }
        return targets;
    }

    /// Flat positions `b·T + t` whose next token is a target, in ascending order.
    public long[] targetRows() {
        long[] rows = new long[Math.toIntExact(targets())];
        int next = 0;
        for (int b = 0; b < ids.length; b++) {
            for (int t = firstTarget[b] - 1; t < lengths[b] - 1; t++) {
                rows[next++] = (long) b * width() + t;
            }
        }
        return rows;
    }

    /// The tokens to be predicted there.
    public long[] targetTokens() {
        return Arrays.stream(targetRows()).map(row -> ids[(int) (row / width())][(int) (row % width()) + 1]).toArray();
    }

    /// Flat positions of all real tokens, in ascending order.
    public long[] tokenRows() {
        long[] rows = new long[Math.toIntExact(tokens())];
        int next = 0;
        for (int b = 0; b < ids.length; b++) {
            for (int t = 0; t < lengths[b]; t++) {
                rows[next++] = (long) b * width() + t;
            }
        }
        return rows;
    }
}
