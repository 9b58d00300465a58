package org.bitdistillery.inference;

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
    /// Adding and subtracting it rounds a float of moderate size half to even.
    private static final float ROUNDING = 12_582_912f;

    final int[] differences;
    /// Minus the sum of each chunk's activations, in the low half; tokens of a tile side by side.
    final int[] offsets;
    /// `gamma / 127` of each token.
    final float[] scales;
    /// Row sums on their way, one array a worker.
    final int[][] sums;
    int tokens;
    int columns;
    private int groups;

    TernaryOperand(int maxTokens, int maxColumns, int threads) {
        int tiled = Math.ceilDiv(maxTokens, TILE) * TILE;
        int maxGroups = Math.ceilDiv(maxColumns, TernaryMatrix.GROUP);
        differences = new int[tiled * maxGroups * PAIRS];
        offsets = new int[tiled * Math.ceilDiv(maxGroups, TernaryMatrix.CHUNK)];
        scales = new float[tiled];
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
    public void load(float[] source, int stride, int fromTile, int toTile) {
        int tile = tile();
        for (int token = fromTile * tile; token < toTile * tile; token++) {
            int first = token / tile * tile;
            int lane = token % tile;
            float gamma = token < tokens ? Math.max(VectorMath.largest(source, token * stride, columns), LEAST_GAMMA) : 0;
            scales[token] = gamma / 127f;
            float perUnit = gamma == 0 ? 0 : 127f / gamma;
            int offset = token < tokens ? token * stride : 0;
            for (int chunk = 0; chunk < chunks(); chunk++) {
                int from = chunk * TernaryMatrix.CHUNK;
                int to = Math.min(groups, from + TernaryMatrix.CHUNK);
                int sum = 0;
                for (int group = from; group < to; group++) {
                    sum += loadGroup(source, offset, perUnit, group, (first * groups + group * tile) * PAIRS + lane, tile);
                }
                offsets[first * chunks() + chunk * tile + lane] = -sum & 0xFFFF;
            }
        }
    }

    /// @return sum of the group's INT8 activations
    private int loadGroup(float[] source, int offset, float perUnit, int group, int target, int tile) {
        int sum = 0;
        int lowBefore = 0;
        int from = group * TernaryMatrix.GROUP;
        int highBefore = quantized(source, offset, from + PAIRS - 1, perUnit);
        for (int i = 0; i < PAIRS; i++) {
            int low = quantized(source, offset, from + i, perUnit);
            int high = quantized(source, offset, from + PAIRS + i, perUnit);
            differences[target + i * tile] = low - 4 * lowBefore & 0xFFFF | high - 4 * highBefore << 16;
            lowBefore = low;
            highBefore = high;
            sum += low + high;
        }
        return sum;
    }

    private int quantized(float[] source, int offset, int column, float perUnit) {
        if (column >= columns) {
            return 0;
        }
        return (int) Math.clamp(source[offset + column] * perUnit + ROUNDING - ROUNDING, -128f, 127f);
    }
}
