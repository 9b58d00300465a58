package org.bitdistillery.inference;

import java.lang.foreign.MemorySegment;

/// One worker's memory for the attention of some queries that share a head of keys and values: first positions and last positions of
/// neighbors ascend.
final class AttentionTile {

    /// Enough for a piece of the keys that has been unpacked to be worth it.
    static final int MOST = 24;

    /// A piece of an unpacked panel, [columns][PANEL].
    final MemorySegment piece = Scratch.tile(FloatMatrix.CHUNK);
    /// Scores, then probabilities, [queries, positions].
    final float[] scores;
    /// What attention gives, [queries, padded dim].
    final float[] mixed;
    private final int headDim;
    private final float[] scaled;
    private final int[] first = new int[MOST];
    private final int[] last = new int[MOST];
    private final FloatOperand queries;
    private final FloatOperand probabilities;
    private int count;

    AttentionTile(int headDim, int maxTokens) {
        this.headDim = headDim;
        scaled = new float[MOST * headDim];
        scores = new float[MOST * Lanes.padded(maxTokens)];
        mixed = new float[MOST * Lanes.padded(headDim)];
        queries = new FloatOperand(MOST, headDim);
        probabilities = new FloatOperand(MOST, Lanes.padded(maxTokens));
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    int first(int query) {
        return first[query];
    }

    int last(int query) {
        return last[query];
    }

    /// @param scale factor of the products of queries and keys
    /// @param first first position that the query sees
    void add(float[] source, int from, float scale, int first, int last) {
        for (int i = 0; i < headDim; i++) {
            scaled[count * headDim + i] = source[from + i] * scale;
        }
        this.first[count] = first;
        this.last[count] = last;
        count++;
    }

    FloatOperand queries() {
        return loaded(queries, scaled, 0, headDim, headDim);
    }

    FloatOperand probabilities(int begin, int end, int positions) {
        return loaded(probabilities, scores, begin, positions, end - begin);
    }

    private FloatOperand loaded(FloatOperand operand, float[] source, int from, int stride, int columns) {
        operand.load(source, from, stride, 0, operand.prepare(count, columns));
        return operand;
    }
}
