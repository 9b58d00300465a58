package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/// Activations for [TernaryMatrix]: INT8 by absmax, one scale a token (BitNet b1.58, arXiv 2402.17764).
///
/// `gamma = max(max|x|, 1e-5)`, `x8 = clip(round(x · 127 / gamma), -128, 127)`, rounded half to even. They are kept in the
/// form that the kernel wants, see there: differences `x8[i] - 4·x8[i-1]` within each group of sixteen columns, those of
/// columns i and i + 8 in the halves of one int, the tokens of a tile side by side.
final class TernaryOperand implements Operand {

    static final int TILE = 2;
    /// Ints of a group of columns.
    static final int PAIRS = TernaryMatrix.GROUP / 2;
    static final float LEAST_GAMMA = 1e-5f;
    /// Adding it rounds a float of moderate size half to even and leaves the integer in the low bits.
    private static final float ROUNDING = 12_582_912f;
    private static final int ROUNDING_BITS = Float.floatToRawIntBits(ROUNDING);

    final int[] differences;
    /// Minus the sum of each chunk's activations, in the low half; tokens of a tile side by side.
    final int[] offsets;
    /// `gamma / 127` of each token.
    final float[] scales;
    /// Row sums on their way, one array a worker.
    final int[][] sums;
    private final int[][] quantized;
    int tokens;
    private int columns;
    private int groups;

    TernaryOperand(int maxTokens, int maxColumns, int threads) {
        int tiled = Math.ceilDiv(maxTokens, TILE) * TILE;
        int maxGroups = Math.ceilDiv(maxColumns, TernaryMatrix.GROUP);
        differences = new int[tiled * maxGroups * PAIRS];
        offsets = new int[tiled * Math.ceilDiv(maxGroups, TernaryMatrix.CHUNK)];
        scales = new float[tiled];
        quantized = new int[threads][maxGroups * TernaryMatrix.GROUP];
        sums = new int[threads][4 * Lanes.COUNT];
    }

    int tile() {
        return tokens == 1 ? 1 : TILE;
    }

    int groups() {
        return groups;
    }

    int chunks() {
        return Math.ceilDiv(groups, TernaryMatrix.CHUNK);
    }

    @Override
    public int prepare(int tokens, int columns) {
        this.tokens = tokens;
        this.columns = columns;
        groups = Math.ceilDiv(columns, TernaryMatrix.GROUP);
        return Math.ceilDiv(tokens, tile());
    }

    @Override
    public void load(float[] source, int stride, int worker, int fromTile, int toTile) {
        int tile = tile();
        int[] codes = quantized[worker];
        for (int token = fromTile * tile; token < toTile * tile; token++) {
            if (token < tokens) {
                float gamma = Math.max(VectorMath.largest(source, token * stride, columns), LEAST_GAMMA);
                scales[token] = gamma / 127f;
                quantize(source, token * stride, 127f / gamma, codes);
            } else {
                scales[token] = 0;
                Arrays.fill(codes, 0);
            }
            arrange(codes, token / tile * tile, token % tile, tile);
        }
    }

    /// No clipping is needed: no activation is larger than gamma.
    private void quantize(float[] source, int from, float perUnit, int[] codes) {
        int i = 0;
        for (; i <= columns - COUNT; i += COUNT) {
            FloatVector scaled = FloatVector.fromArray(FLOATS, source, from + i).mul(perUnit).add(ROUNDING);
            scaled.reinterpretAsInts().sub(ROUNDING_BITS).intoArray(codes, i);
        }
        for (; i < columns; i++) {
            codes[i] = Float.floatToRawIntBits(source[from + i] * perUnit + ROUNDING) - ROUNDING_BITS;
        }
        Arrays.fill(codes, columns, groups * TernaryMatrix.GROUP, 0);
    }

    /// @param first first token of the tile
    /// @param lane  place of the token in it
    private void arrange(int[] codes, int first, int lane, int tile) {
        for (int chunk = 0; chunk < chunks(); chunk++) {
            int to = Math.min(groups, (chunk + 1) * TernaryMatrix.CHUNK);
            int sum = 0;
            for (int group = chunk * TernaryMatrix.CHUNK; group < to; group++) {
                sum += arrangeGroup(codes, group * TernaryMatrix.GROUP, (first * groups + group * tile) * PAIRS + lane, tile);
            }
            offsets[first * chunks() + chunk * tile + lane] = -sum & 0xFFFF;
        }
    }

    /// @return sum of the group's INT8 activations
    private int arrangeGroup(int[] codes, int from, int target, int tile) {
        int sum = 0;
        int lowBefore = 0;
        int highBefore = codes[from + PAIRS - 1];
        for (int i = 0; i < PAIRS; i++) {
            int low = codes[from + i];
            int high = codes[from + PAIRS + i];
            differences[target + i * tile] = low - 4 * lowBefore & 0xFFFF | high - 4 * highBefore << 16;
            lowBefore = low;
            highBefore = high;
            sum += low + high;
        }
        return sum;
    }
}
