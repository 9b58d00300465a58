package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/// Several sequences that are continued together, token by token. Keys and values of what they have been through are kept,
/// so that a token costs one position.
///
/// Prompts of different lengths are padded on the right; the tokens behind them follow the padding in memory and the
/// prompt in position, and padding is seen by nobody.
public final class Continuation implements AutoCloseable {

    private final DecoderGraph graph;
    private final KeyValues cache;
    private int[] lengths;
    private float[][] logits;

    Continuation(DecoderGraph graph, int[][] prompts) {
        this.graph = graph;
        this.lengths = Arrays.stream(prompts).mapToInt(prompt -> prompt.length).toArray();
        int width = Arrays.stream(lengths).max().orElseThrow();
        this.cache = new KeyValues(graph.manager(), width, lengths.clone());
        int[][] padded = Arrays.stream(prompts).map(prompt -> Arrays.copyOf(prompt, width)).toArray(int[][]::new);
        long[] last = new long[prompts.length];
        for (int i = 0; i < last.length; i++) {
            last[i] = (long) i * width + lengths[i] - 1;
        }
        try (NDManager work = graph.manager().newSubManager()) {
            logits = rows(graph.fill(work, padded, work.create(last), cache));
        }
    }

    /// Logits behind the last token of each sequence, [B][V].
    public float[][] logits() {
        return logits;
    }

    /// Appends one token to each sequence.
    ///
    /// @return logits of the tokens behind them, [B][V]
    public float[][] next(int[] tokens) {
        try (NDManager work = graph.manager().newSubManager()) {
            logits = rows(graph.step(work, tokens, lengths, cache));
        }
        for (int i = 0; i < lengths.length; i++) {
            lengths[i]++;
        }
        return logits;
    }

    /// Goes on with some of the sequences only.
    ///
    /// @param kept indices of the sequences, ascending
    public void keep(int[] kept) {
        lengths = Arrays.stream(kept).map(i -> lengths[i]).toArray();
        cache.keep(kept);
    }

    private static float[][] rows(NDArray logits) {
        Shape shape = logits.getShape();
        int vocabulary = Math.toIntExact(shape.get(1));
        float[] values = Torch.floats(logits);
        float[][] rows = new float[Math.toIntExact(shape.get(0))][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, i * vocabulary, (i + 1) * vocabulary);
        }
        return rows;
    }

    @Override
    public void close() {
        cache.close();
    }
}
