package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Weights that are multiplied with float activations and summed in float32.
///
/// Every row is summed in the order of its columns, for one token as for many: the results are equal bit for bit. For many tokens
/// a piece of a panel is unpacked once and multiplied with all of them.
abstract sealed class FloatMatrix implements Matrix permits SingleMatrix, HalfMatrix, ByteMatrix {

    /// Columns of a piece: it stays in the first-level cache.
    static final int CHUNK = 128;

    private final Packed packed;
    /// What the kernel's sums have to be multiplied with beside the matrix' scale.
    private final float unit;

    FloatMatrix(Packed packed, float unit) {
        this.packed = packed;
        this.unit = unit;
    }

    @Override
    public Packed packed() {
        return packed;
    }

    /// Sums for one token over the rows of a panel, unscaled. Panels are read one after the other, which was
    /// measured to be faster than two side by side.
    ///
    /// @param data the matrix' bytes
    /// @param at   where the panel's first column that counts begins
    /// @param columns that count
    abstract void panel(MemorySegment data, long at, int columns, float[] x, float[] out, int to);

    /// Unpacks columns `from` to `to` of a panel, [columns][PANEL].
    abstract void unpack(MemorySegment data, int panel, int from, int to, MemorySegment tile);

    @Override
    public void multiply(Operand operand, float[] out, int stride, Scratch scratch, int from, int to) {
        multiply((FloatOperand) operand, 0, out, stride, scratch.floatTile, from * Lanes.UNIT, to * Lanes.UNIT);
    }

    /// The same for the panels of some rows and for as many columns as the operand has.
    ///
    /// @param first column that the operand's first belongs to
    /// @param piece scratch, [CHUNK][PANEL]
    void multiply(FloatOperand input, int first, float[] out, int stride, MemorySegment piece, int from, int to) {
        for (int row = from; row < to; row += PANEL) {
            if (input.tokens() == 1) {
                long column = packed.panelBytes() / columns();
                panel(packed.data(), row / PANEL * packed.panelBytes() + first * column, input.columns(), input.values, out, row);
                scale(row, out, row);
                continue;
            }
            for (int column = 0; column < input.columns(); column += CHUNK) {
                int end = Math.min(input.columns(), column + CHUNK);
                unpack(packed.data(), row / PANEL, first + column, first + end, piece);
                multiplyTile(input, column, end - column, piece, out, stride, row);
            }
            for (int token = 0; token < input.tokens(); token++) {
                scale(row, out, token * stride + row);
            }
        }
    }

    private static void multiplyTile(FloatOperand input, int column, int width, MemorySegment tile, float[] out, int stride, int row) {
        for (int token = 0; token < input.tokens(); token += FloatOperand.TILE) {
            int x = token * input.columns() + column * FloatOperand.TILE;
            int to = token * stride + row;
            for (int lane = 0; lane < PANEL; lane += 2 * COUNT) {
                FloatTiles.tokens(tile, lane, width, input.values, x, out, to + lane, stride, column == 0);
            }
        }
    }

    private void scale(int row, float[] out, int to) {
        MemorySegment data = packed.data();
        if (!packed.rowScaled() && packed.scale() * unit == 1) {
            return;
        }
        for (int i = 0; i < PANEL; i += COUNT) {
            FloatVector sums = FloatVector.fromArray(FLOATS, out, to + i);
            FloatVector scales = packed.rowScaled()
                    ? FloatVector.fromMemorySegment(FLOATS, data, packed.rowScalesAt() + 4L * (row + i), Lanes.ORDER)
                    : FloatVector.broadcast(FLOATS, packed.scale() * unit);
            sums.mul(scales).intoArray(out, to + i);
        }
    }
}
