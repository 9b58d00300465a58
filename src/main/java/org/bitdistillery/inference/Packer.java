package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;

/// Writes matrices row by row in the layouts of [Packed]. The target must be zero.
final class Packer {

    /// Floats of one row.
    interface Rows {
        void read(int row, float[] target);
    }

    /// Codes -1, 0, 1 of one row.
    interface Codes {
        void read(int row, byte[] target);
    }

    private static final int LARGEST_NIBBLE = 7;
    private static final int LARGEST_BYTE = 127;
    private static final int HALF_TOP = 14;

    private Packer() {
    }

    /// @param largest largest magnitude of the matrix, which settles the power of two that F16 is lifted by
    static float scale(WeightFormat format, float largest) {
        if (format != WeightFormat.F16 || largest == 0) {
            return 1;
        }
        return Math.scalb(1f, -Math.clamp(HALF_TOP - Math.getExponent(largest), -60, 60));
    }

    /// Packs finite floats; half precision is rounded half to even, INT8 and INT4 to the nearest code.
    ///
    /// @param scale of [#scale], for F16
    static Packed pack(WeightFormat format, int rows, int columns, float scale, Rows source, MemorySegment target) {
        boolean rowScaled = format.alwaysRowScaled();
        Packed packed = new Packed(format, rows, columns, rowScaled, scale, target);
        float[] row = new float[columns];
        for (int i = 0; i < rows; i++) {
            source.read(i, row);
            switch (format) {
                case F32, F16, BF16 -> floats(packed, i, row);
                case INT8 -> bytes(packed, i, row);
                case INT4 -> nibbles(packed, i, row);
                case TERNARY_2BIT, TERNARY_BASE3 -> throw new IllegalArgumentException("ternary matrices are packed from codes");
            }
        }
        return packed;
    }

    /// @param rowScales what a code of 1 stands for by row, or null where `scale` says it for all
    static Packed packTernary(
            WeightFormat format, int rows, int columns, float scale, float[] rowScales, Codes source, MemorySegment target) {
        Packed packed = new Packed(format, rows, columns, rowScales != null, rowScales == null ? scale : 1, target);
        byte[] codes = new byte[columns];
        byte[] none = new byte[columns];
        for (int i = 0; i < Lanes.padded(rows); i++) {
            if (i < rows) {
                source.read(i, codes);
            }
            if (format == WeightFormat.TERNARY_2BIT) {
                twoBits(packed, i, i < rows ? codes : none);
            } else {
                base3(packed, i, i < rows ? codes : none);
            }
            if (rowScales != null && i < rows) {
                target.set(Packed.FLOAT, packed.rowScalesAt() + 4L * i, rowScales[i]);
            }
        }
        return packed;
    }

    private static void floats(Packed packed, int row, float[] values) {
        long panel = row / PANEL * packed.panelBytes();
        int lane = row % PANEL;
        float lift = 1 / packed.scale();
        for (int column = 0; column < values.length; column++) {
            if (packed.format() == WeightFormat.F32) {
                packed.data().set(Packed.FLOAT, panel + 4L * (column * (long) PANEL + lane), values[column]);
                continue;
            }
            int half = packed.format() == WeightFormat.F16 ? Float.floatToFloat16(values[column] * lift) & 0xFFFF : brain(values[column]);
            long at = panel + (column * (PANEL / 2L) + lane % (PANEL / 2)) * 4;
            int before = packed.data().get(Packed.INT, at);
            packed.data().set(Packed.INT, at, before | half << (lane < PANEL / 2 ? 0 : 16));
        }
    }

    /// BF16, rounded half to even.
    private static int brain(float value) {
        int bits = Float.floatToRawIntBits(value);
        return bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
    }

    private static float largest(float[] values, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    private static void bytes(Packed packed, int row, float[] values) {
        float scale = largest(values, 0, values.length) / LARGEST_BYTE;
        packed.data().set(Packed.FLOAT, packed.rowScalesAt() + 4L * row, scale);
        long panel = row / PANEL * packed.panelBytes() + row % PANEL;
        for (int column = 0; column < values.length; column++) {
            int code = scale == 0 ? 0 : Math.clamp(Math.round(values[column] / scale), -LARGEST_BYTE, LARGEST_BYTE);
            packed.data().set(Packed.BYTE, panel + column * (long) PANEL, (byte) code);
        }
    }

    private static void nibbles(Packed packed, int row, float[] values) {
        float rowScale = largest(values, 0, values.length) / (LARGEST_BYTE * LARGEST_NIBBLE);
        packed.data().set(Packed.FLOAT, packed.rowScalesAt() + 4L * row, rowScale);
        int width = packed.format().columnsAGroup();
        long panel = row / PANEL * packed.panelBytes();
        for (int block = 0; block < Packed.blocks(packed.columns()); block++) {
            int to = Math.min(values.length, (block + 1) * width);
            float most = largest(values, block * width, to);
            int steps = rowScale == 0 ? 0 : Math.min(LARGEST_BYTE, (int) Math.ceil(most / (rowScale * LARGEST_NIBBLE)));
            long at = packed.blockScalesAt() + ((long) row / PANEL * Packed.blocks(packed.columns()) + block) * PANEL + row % PANEL;
            packed.data().set(Packed.BYTE, at, (byte) steps);
            for (int column = block * width; column < (block + 1) * width; column++) {
                int code = column >= to || steps == 0 ? 0
                        : Math.clamp(Math.round(values[column] / (steps * rowScale)), -LARGEST_NIBBLE - 1, LARGEST_NIBBLE);
                digit(packed, panel + (column / 8 * (long) PANEL + row % PANEL) * 4, code + 8 << 4 * (column % 8));
            }
        }
    }

    private static void twoBits(Packed packed, int row, byte[] codes) {
        long panel = row / PANEL * packed.panelBytes();
        int group = packed.format().columnsAGroup();
        for (int column = 0; column < Math.ceilDiv(codes.length, group) * group; column++) {
            int code = column < codes.length ? codes[column] + 1 : 1;
            digit(packed, panel + (column / group * (long) PANEL + row % PANEL) * 4, code << 2 * (column % group));
        }
    }

    private static void digit(Packed packed, long at, int bits) {
        packed.data().set(Packed.INT, at, packed.data().get(Packed.INT, at) | bits);
    }

    private static void base3(Packed packed, int row, byte[] codes) {
        long panel = row / PANEL * packed.panelBytes();
        for (int index = 0; index * Base3.TRITS < codes.length; index++) {
            int at = index * Base3.TRITS;
            byte code = (byte) Base3.encode(codes, at, Math.min(Base3.TRITS, codes.length - at));
            packed.data().set(Packed.BYTE, panel + Packed.base3Byte(codes.length, row % PANEL, index), code);
        }
    }
}
