package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/// Keys and values of one layer, and the attention over them.
///
/// The keys of a head are a matrix [positions, dim], its values one [dim, positions], laid out as weights are. Scores are then the
/// product of the first with some queries, and what attention gives the product of the second with their probabilities: by the
/// kernels of [FloatMatrix], which give the same bits for one query as for a tile of them.
final class KeyValueCache {

    private static final float LARGEST_BYTE = 127;
    private static final float LARGEST_HALF = 65_504;

    private final WeightFormat format;
    private final int headDim;
    private final int positions;
    private final FloatMatrix[] keys;
    private final FloatMatrix[] values;
    /// What a value's code stands for, [heads][positions]; only for bytes.
    private final float[][] valueScales;

    KeyValueCache(CacheFormat format, int heads, int headDim, int maxTokens) {
        this.format = format.format();
        this.headDim = headDim;
        positions = Lanes.padded(maxTokens);
        keys = new FloatMatrix[heads];
        values = new FloatMatrix[heads];
        boolean scaled = format == CacheFormat.INT8;
        Arrays.setAll(keys, _ -> zeros(positions, headDim, scaled));
        Arrays.setAll(values, _ -> zeros(headDim, positions, false));
        valueScales = scaled ? new float[heads][positions] : null;
    }

    private FloatMatrix zeros(int rows, int columns, boolean rowScaled) {
        long bytes = Packed.bytes(format, rows, columns, rowScaled);
        return (FloatMatrix) Matrix.of(new Packed(format, rows, columns, rowScaled, 1, Arena.ofAuto().allocate(bytes, Packed.ALIGNMENT)));
    }

    /// Bytes of keys and values.
    long bytes() {
        long bytes = valueScales == null ? 0 : 4L * valueScales.length * positions;
        for (int head = 0; head < keys.length; head++) {
            bytes += keys[head].bytes() + values[head].bytes();
        }
        return bytes;
    }

    /// Stores one token's keys and values, [heads · dim] each.
    void put(int position, float[] key, int keyFrom, float[] value, int valueFrom) {
        for (int head = 0; head < keys.length; head++) {
            int from = keyFrom + head * headDim;
            Packed target = keys[head].packed();
            float scale = step(key, from);
            if (target.rowScaled()) {
                target.data().set(Packed.FLOAT, target.rowScalesAt() + 4L * position, scale);
            }
            long column = target.panelBytes() / headDim;
            put(target, position / PANEL * target.panelBytes() + laneAt(position % PANEL), column, key, from, headDim, 1 / scale);

            from = valueFrom + head * headDim;
            target = values[head].packed();
            scale = step(value, from);
            if (valueScales != null) {
                valueScales[head][position] = scale;
            }
            long neighbor = laneAt(1) - laneAt(0);
            for (int row = 0; row < headDim; row += PANEL / 2) {
                long at = row / PANEL * target.panelBytes() + position * (target.panelBytes() / positions) + laneAt(row % PANEL);
                put(target, at, neighbor, value, from + row, Math.min(PANEL / 2, headDim - row), 1 / scale);
            }
        }
    }

    /// What a code of one stands for.
    private float step(float[] x, int from) {
        float largest = valueScales == null ? 0 : VectorMath.largest(x, from, headDim);
        return largest == 0 ? 1 : largest / LARGEST_BYTE;
    }

    /// Where a row of a panel stands within a column; sixteen rows are as far from each other as the first two.
    private long laneAt(int lane) {
        return switch (format) {
            case F32 -> 4L * lane;
            case F16 -> Packed.halfAt(lane);
            default -> lane;
        };
    }

    private void put(Packed target, long at, long stride, float[] x, int from, int count, float factor) {
        MemorySegment data = target.data();
        switch (format) {
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    data.set(Packed.FLOAT, at + i * stride, x[from + i]);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    float near = Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, x[from + i]));
                    data.set(Packed.SHORT, at + i * stride, Float.floatToFloat16(near));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    data.set(Packed.BYTE, at + i * stride, (byte) Math.rint(x[from + i] * factor));
                }
            }
        }
    }

    /// `softmax(q·K)·V` for the queries of a tile, to `tile.mixed`.
    ///
    /// Where one query sees fewer positions than another, its probabilities are zero there, which adds nothing.
    ///
    /// @param head of keys and values
    void attend(int head, AttentionTile tile) {
        int begin = tile.first(0) / PANEL * PANEL;
        int end = tile.last(tile.count() - 1) + 1;
        float[] scores = tile.scores;
        keys[head].multiply(tile.queries(), 0, scores, positions, tile.piece, begin, end);
        for (int query = 0; query < tile.count(); query++) {
            int row = query * positions;
            int from = tile.first(query) / PANEL * PANEL;
            int to = tile.last(query) + 1;
            Arrays.fill(scores, row + from, row + tile.first(query), Float.NEGATIVE_INFINITY);
            VectorMath.softmax(scores, row + from, to - from);
            Arrays.fill(scores, row + begin, row + tile.first(query), 0);
            Arrays.fill(scores, row + to, row + end, 0);
            if (valueScales != null) {
                scale(scores, row, valueScales[head], tile.first(query), to);
            }
        }
        values[head].multiply(tile.probabilities(begin, end, positions), begin, tile.mixed, Lanes.padded(headDim), tile.piece, 0, headDim);
    }

    private static void scale(float[] scores, int row, float[] scales, int from, int to) {
        int i = from;
        for (; i <= to - COUNT; i += COUNT) {
            FloatVector.fromArray(FLOATS, scores, row + i).mul(FloatVector.fromArray(FLOATS, scales, i)).intoArray(scores, row + i);
        }
        for (; i < to; i++) {
            scores[row + i] *= scales[i];
        }
    }
}
