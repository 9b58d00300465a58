package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.PANEL;
import static org.bitdistillery.inference.VectorMath.ROUNDING;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Two ternary rows in one float, `t + 5700·u`, so that one multiply-add is two products, and still exact.
///
/// With `L = Σ t·x` and `H = Σ u·x` over some columns, the float's sum is `s = L + 5700·H`. As long as `Σ|x| ≤ 2840` over these columns,
/// every partial sum is an integer below 2^24 and hence exact; and `|L| < 5700 / 2` by a margin that no rounding of `s / 5700` reaches, so
/// that H is its nearest integer. Sixteen INT8 activations never exceed that bound, usual ones stay below it for a whole piece: [#width]
/// looks. L and H are added up as floats, which is exact for 132,000 columns.
final class RowPairs {

    private static final int FIELD = 5700;
    private static final int MOST = 2840;
    private static final float PER_FIELD = 1f / FIELD;
    private static final int LEAST_WIDTH = 16;

    private RowPairs() {}

    /// Codes `t + 1` and `u + 1` in each half of a lane together: small enough not to be called, which would put vectors on the heap.
    static IntVector of(IntVector codes, IntVector others) {
        return codes.reinterpretAsShorts().add(others.reinterpretAsShorts().mul((short) FIELD)).reinterpretAsInts();
    }

    /// The pairs in the lower halves.
    static FloatVector low(IntVector pairs) {
        return centered(pairs.and(0xFFFF));
    }

    /// The pairs in the upper halves.
    static FloatVector high(IntVector pairs) {
        return centered(pairs.lanewise(VectorOperators.LSHR, 16));
    }

    private static FloatVector centered(IntVector pairs) {
        return ((FloatVector) pairs.convert(VectorOperators.I2F, 0)).sub(1 + FIELD);
    }

    /// How many columns may be summed at once for all tokens of a tile: 16 at least, and no more than there are.
    ///
    /// @param x     integer activations, [columns][FloatOperand.TILE] from `at`
    static int width(float[] x, int at, int columns) {
        int width = Integer.highestOneBit(Math.max(columns, LEAST_WIDTH) * 2 - 1);
        while (width > LEAST_WIDTH && !fits(x, at, columns, width)) {
            width /= 2;
        }
        return width;
    }

    private static boolean fits(float[] x, int at, int columns, int width) {
        for (int token = 0; token < FloatOperand.TILE; token++) {
            for (int from = 0; from < columns; from += width) {
                float sum = 0;
                for (int column = from; column < Math.min(columns, from + width); column++) {
                    sum += Math.abs(x[at + column * FloatOperand.TILE + token]);
                }
                if (sum > MOST) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Adds the products of a tile of tokens to `sums`, [FloatOperand.TILE][2 · PANEL] from `to`: the first rows of the pairs, then the second.
    ///
    /// @param tile  pairs, [columns][PANEL]
    /// @param width of [#width]
    /// @param both  scratch, [FloatOperand.TILE][PANEL]
    static void multiply(MemorySegment tile, int columns, float[] x, int at, int width, float[] both, float[] sums, int to) {
        for (int column = 0; column < columns; column += width) {
            int count = Math.min(width, columns - column);
            for (int lane = 0; lane < PANEL; lane += 2 * COUNT) {
                FloatTiles.tokens(tile, column * PANEL + lane, count, x, at + column * FloatOperand.TILE, both, lane, PANEL, true);
            }
            for (int token = 0; token < FloatOperand.TILE; token++) {
                split(both, token * PANEL, sums, to + token * 2 * PANEL);
            }
        }
    }

    private static void split(float[] both, int at, float[] sums, int to) {
        for (int lane = 0; lane < PANEL; lane += COUNT) {
            FloatVector sum = FloatVector.fromArray(FLOATS, both, at + lane);
            FloatVector second = sum.fma(FloatVector.broadcast(FLOATS, PER_FIELD), FloatVector.broadcast(FLOATS, ROUNDING)).sub(ROUNDING);
            FloatVector first = second.fma(FloatVector.broadcast(FLOATS, -FIELD), sum);
            first.add(FloatVector.fromArray(FLOATS, sums, to + lane)).intoArray(sums, to + lane);
            second.add(FloatVector.fromArray(FLOATS, sums, to + PANEL + lane)).intoArray(sums, to + PANEL + lane);
        }
    }
}
