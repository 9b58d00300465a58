package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/// Keys and values of one layer, and the attention over them.
///
/// Keys are kept transposed, [heads, dim, positions], so that a vector holds neighboring positions; values are kept as
/// [heads, positions, dim], dim filled up to whole vectors. Neither the head size nor the length needs to fit the vectors.
final class KeyValueCache {

    /// Positions that are scored at once, four vectors.
    private static final int BLOCK = 4 * COUNT;

    private final float scale;
    private final int headDim;
    private final int paddedDim;
    private final int heads;
    private final int positions;
    private final float[] keys;
    private final float[] values;

    /// @param scale factor of the products of queries and keys
    KeyValueCache(int heads, int headDim, double scale, int maxTokens) {
        this.scale = (float) scale;
        this.heads = heads;
        this.headDim = headDim;
        paddedDim = Math.ceilDiv(headDim, COUNT) * COUNT;
        positions = paddedPositions(maxTokens);
        keys = new float[Math.multiplyExact(heads * headDim, positions)];
        values = new float[Math.multiplyExact(heads * paddedDim, positions)];
    }

    /// Room that the scores of one query need.
    static int paddedPositions(int maxTokens) {
        return Math.ceilDiv(maxTokens, BLOCK) * BLOCK;
    }

    /// Stores one token's keys and values, [heads · dim] each.
    void put(int position, float[] key, int keyFrom, float[] value, int valueFrom) {
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < headDim; i++) {
                keys[(head * headDim + i) * positions + position] = key[keyFrom + head * headDim + i];
            }
            System.arraycopy(value, valueFrom + head * headDim, values, (head * positions + position) * paddedDim, headDim);
        }
    }

    /// `softmax(q·K · scale)·V` over positions `first` to `last`.
    ///
    /// @param head   of keys and values
    /// @param scores scratch, of `paddedPositions`
    /// @param out    [dim] from `to`, with room up to a full vector
    void attend(int head, float[] query, int from, int first, int last, float[] scores, float[] out, int to) {
        int begin = first / BLOCK * BLOCK;
        for (int position = begin; position <= last; position += BLOCK) {
            score(query, from, keys, head * headDim * positions + position, scale, scores, position - begin);
        }
        Arrays.fill(scores, 0, first - begin, Float.NEGATIVE_INFINITY);
        VectorMath.softmax(scores, last - begin + 1);
        int at = (head * positions + begin) * paddedDim;
        int i = 0;
        for (; i <= headDim - BLOCK; i += BLOCK) {
            mixWide(scores, last - begin, at + i, out, to + i);
        }
        for (; i < paddedDim; i += COUNT) {
            mix(scores, last - begin, at + i, out, to + i);
        }
    }

    private void score(float[] query, int from, float[] keys, int at, float scale, float[] scores, int to) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int i = 0; i < headDim; i++) {
            FloatVector q = FloatVector.broadcast(FLOATS, query[from + i]);
            int k = at + i * positions;
            sum0 = q.fma(FloatVector.fromArray(FLOATS, keys, k), sum0);
            sum1 = q.fma(FloatVector.fromArray(FLOATS, keys, k + COUNT), sum1);
            sum2 = q.fma(FloatVector.fromArray(FLOATS, keys, k + 2 * COUNT), sum2);
            sum3 = q.fma(FloatVector.fromArray(FLOATS, keys, k + 3 * COUNT), sum3);
        }
        sum0.mul(scale).intoArray(scores, to);
        sum1.mul(scale).intoArray(scores, to + COUNT);
        sum2.mul(scale).intoArray(scores, to + 2 * COUNT);
        sum3.mul(scale).intoArray(scores, to + 3 * COUNT);
    }

    private void mixWide(float[] weights, int last, int at, float[] out, int to) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int position = 0; position <= last; position++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, weights[position]);
            int v = at + position * paddedDim;
            sum0 = weight.fma(FloatVector.fromArray(FLOATS, values, v), sum0);
            sum1 = weight.fma(FloatVector.fromArray(FLOATS, values, v + COUNT), sum1);
            sum2 = weight.fma(FloatVector.fromArray(FLOATS, values, v + 2 * COUNT), sum2);
            sum3 = weight.fma(FloatVector.fromArray(FLOATS, values, v + 3 * COUNT), sum3);
        }
        sum0.intoArray(out, to);
        sum1.intoArray(out, to + COUNT);
        sum2.intoArray(out, to + 2 * COUNT);
        sum3.intoArray(out, to + 3 * COUNT);
    }

    private void mix(float[] weights, int last, int at, float[] out, int to) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int position = 0; position <= last; position++) {
            FloatVector value = FloatVector.fromArray(FLOATS, values, at + position * paddedDim);
            sum = FloatVector.broadcast(FLOATS, weights[position]).fma(value, sum);
        }
        int room = Math.min(COUNT, headDim - (at % paddedDim));
        if (room == COUNT) {
            sum.intoArray(out, to);
        } else {
            sum.intoArray(out, to, FLOATS.indexInRange(0, room));
        }
    }
}
