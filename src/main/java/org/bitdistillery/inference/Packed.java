package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A matrix as bytes: codes panel by panel, then the block scales of INT4, then the row scales; each part begins at a multiple of
/// 64 bytes. The bytes may be a piece of a mapped file.
///
/// A weight is its code times `scale`, or times its row's scale where `rowScaled`.
///
/// @param scale for F16 a power of two; 1 where rows have scales
record Packed(WeightFormat format, int rows, int columns, boolean rowScaled, float scale, MemorySegment data) {

    static final int ALIGNMENT = 64;
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(Lanes.ORDER);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(Lanes.ORDER);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.ORDER);
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    Packed {
        if (rows < 1 || columns < 1 || data.byteSize() != bytes(format, rows, columns, rowScaled)) {
            throw new IllegalArgumentException(format + " [" + rows + ", " + columns + "] does not fill " + data.byteSize() + " bytes");
        }
    }

    /// Bytes of a whole matrix.
    static long bytes(WeightFormat format, int rows, int columns, boolean rowScaled) {
        return rowScalesAt(format, rows, columns) + (rowScaled ? 4L * Lanes.padded(rows) : 0);
    }

    static long blockScalesAt(WeightFormat format, int rows, int columns) {
        return aligned(Math.multiplyExact(format.panelBytes(columns), (long) panels(rows)));
    }

    static long rowScalesAt(WeightFormat format, int rows, int columns) {
        long at = blockScalesAt(format, rows, columns);
        return format == WeightFormat.INT4 ? aligned(at + (long) blocks(columns) * PANEL * panels(rows)) : at;
    }

    static int panels(int rows) {
        return Lanes.units(rows) * (Lanes.UNIT / PANEL);
    }

    /// Blocks of 32 columns, of INT4.
    static int blocks(int columns) {
        return Math.ceilDiv(columns, WeightFormat.INT4.columnsAGroup());
    }

    static long aligned(long bytes) {
        return Math.ceilDiv(bytes, (long) ALIGNMENT) * ALIGNMENT;
    }

    long panelBytes() {
        return format.panelBytes(columns);
    }

    long blockScalesAt() {
        return blockScalesAt(format, rows, columns);
    }

    long rowScalesAt() {
        return rowScalesAt(format, rows, columns);
    }

    float scaleOf(int row) {
        return rowScaled ? data.get(FLOAT, rowScalesAt() + 4L * row) : scale;
    }

    /// Copies one row as floats, for use as an embedding.
    void row(int row, float[] target, int offset) {
        long panel = row / PANEL * panelBytes();
        int lane = row % PANEL;
        float rowScale = scaleOf(row);
        for (int column = 0; column < columns; column++) {
            target[offset + column] = code(panel, lane, row, column) * rowScale;
        }
    }

    private float code(long panel, int lane, int row, int column) {
        return switch (format) {
            case F32 -> data.get(FLOAT, panel + 4L * (column * (long) PANEL + lane));
            case F16 -> Float.float16ToFloat((short) half(panel, lane, column));
            case BF16 -> Float.intBitsToFloat(half(panel, lane, column) << 16);
            case INT8 -> data.get(BYTE, panel + column * (long) PANEL + lane);
            case INT4 -> {
                int digit = data.get(INT, panel + (column / 8 * (long) PANEL + lane) * 4) >>> 4 * (column % 8) & 15;
                long block = ((long) row / PANEL * blocks(columns) + column / 32) * PANEL + lane;
                yield (digit - 8) * data.get(BYTE, blockScalesAt() + block);
            }
            case TERNARY_2BIT -> (data.get(INT, panel + (column / 16 * (long) PANEL + lane) * 4) >>> 2 * (column % 16) & 3) - 1;
            case TERNARY_BASE3 -> Base3.decode(
                    data.get(BYTE, panel + base3Byte(columns, lane, column / Base3.TRITS)) & 0xFF, column % Base3.TRITS);
        };
    }

    /// The 16 bits of a row in the low or high half of its lane.
    private int half(long panel, int lane, int column) {
        int both = data.get(INT, panel + (column * (PANEL / 2L) + lane % (PANEL / 2)) * 4);
        return lane < PANEL / 2 ? both & 0xFFFF : both >>> 16;
    }

    /// Where byte `index` of a row stands in its panel: four bytes a lane, those behind the last full group one by one.
    static long base3Byte(int columns, int lane, int index) {
        int full = columns / WeightFormat.TERNARY_BASE3.columnsAGroup();
        return index / 4 < full
                ? (index / 4 * (long) PANEL + lane) * 4 + index % 4
                : (long) index * PANEL + lane;
    }

    /// Copies the codes and scales of a row into a row of another matrix of this format and width, whose bytes are still zero there.
    void copyRow(int row, Packed target, int targetRow) {
        long from = row / PANEL * panelBytes();
        long to = targetRow / PANEL * panelBytes();
        int lane = row % PANEL;
        int targetLane = targetRow % PANEL;
        switch (format) {
            case F32, TERNARY_2BIT, INT4 -> copyLanes(target, from + 4L * lane, to + 4L * targetLane, 4 * PANEL, 4);
            case INT8 -> copyLanes(target, from + lane, to + targetLane, PANEL, 1);
            case F16, BF16 -> copyLanes(target, from + halfAt(lane), to + halfAt(targetLane), 2 * PANEL, 2);
            case TERNARY_BASE3 -> {
                for (int index = 0; index * Base3.TRITS < columns; index++) {
                    target.data.set(BYTE, to + base3Byte(columns, targetLane, index), data.get(BYTE, from + base3Byte(columns, lane, index)));
                }
            }
        }
        for (int block = 0; format == WeightFormat.INT4 && block < blocks(columns); block++) {
            target.data.set(BYTE, target.blockScalesAt() + ((long) targetRow / PANEL * blocks(columns) + block) * PANEL + targetLane,
                    data.get(BYTE, blockScalesAt() + ((long) row / PANEL * blocks(columns) + block) * PANEL + lane));
        }
        if (rowScaled) {
            target.data.set(FLOAT, target.rowScalesAt() + 4L * targetRow, scaleOf(row));
        }
    }

    /// Where the 16 bits of a row stand within a column.
    static long halfAt(int lane) {
        return lane % (PANEL / 2) * 4L + (lane < PANEL / 2 ? 0 : 2);
    }

    private void copyLanes(Packed target, long from, long to, int stride, int bytes) {
        for (long at = 0; at < panelBytes(); at += stride) {
            MemorySegment.copy(data, from + at, target.data, to + at, bytes);
        }
    }
}
