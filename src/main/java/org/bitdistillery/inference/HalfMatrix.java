package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.INTS;
import static org.bitdistillery.inference.Lanes.ORDER;
import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Weights of 16 bits: row j of a panel in the low, row j + 16 in the high half of an int.
///
/// IEEE binary16 becomes a float by shifting exponent and mantissa into place; what comes out is `2^-112` times too small. The whole
/// matrix has been lifted by a power of two before, which is exact and keeps small weights out of the subnormals. BF16 is the upper
/// half of a float as it stands.
final class HalfMatrix extends FloatMatrix {

    private static final int HALF = PANEL / 2;
    private static final long COLUMN = 4L * HALF;

    private final int shift;
    /// Sign, exponent and mantissa of a shifted half within a float.
    private final int fields;

    private HalfMatrix(Packed packed, float unit, int shift, int fields) {
        super(packed, unit);
        this.shift = shift;
        this.fields = fields;
    }

    static HalfMatrix binary16(Packed packed) {
        return new HalfMatrix(packed, 0x1p112f, 3, 0x8FFF_E000);
    }

    static HalfMatrix brain(Packed packed) {
        return new HalfMatrix(packed, 1, 0, 0xFFFF_0000);
    }

    @Override
    void panel(MemorySegment data, long at, int columns, float[] x, float[] out, int to) {
        if (COUNT == HALF) {
            twoVectors(data, at, columns, shift, fields, x, out, to);
            return;
        }
        for (int lane = 0; lane < HALF; lane += 2 * COUNT) {
            fourVectors(data, at + lane * 4L, columns, shift, fields, x, out, to + lane);
        }
    }

    private static void twoVectors(MemorySegment data, long at, int columns, int shift, int fields, float[] x, float[] out, int to) {
        FloatVector low = FloatVector.zero(FLOATS);
        FloatVector high = low;
        for (int column = 0; column < columns; column++) {
            FloatVector activation = FloatVector.broadcast(FLOATS, x[column]);
            IntVector halves = IntVector.fromMemorySegment(INTS, data, at + column * COLUMN, ORDER);
            low = low(halves, shift, fields).fma(activation, low);
            high = high(halves, shift, fields).fma(activation, high);
        }
        low.intoArray(out, to);
        high.intoArray(out, to + HALF);
    }

    private static void fourVectors(MemorySegment data, long at, int columns, int shift, int fields, float[] x, float[] out, int to) {
        FloatVector low0 = FloatVector.zero(FLOATS);
        FloatVector high0 = low0;
        FloatVector low1 = low0;
        FloatVector high1 = low0;
        for (int column = 0; column < columns; column++) {
            FloatVector activation = FloatVector.broadcast(FLOATS, x[column]);
            IntVector halves = IntVector.fromMemorySegment(INTS, data, at + column * COLUMN, ORDER);
            low0 = low(halves, shift, fields).fma(activation, low0);
            high0 = high(halves, shift, fields).fma(activation, high0);
            halves = IntVector.fromMemorySegment(INTS, data, at + 4L * COUNT + column * COLUMN, ORDER);
            low1 = low(halves, shift, fields).fma(activation, low1);
            high1 = high(halves, shift, fields).fma(activation, high1);
        }
        low0.intoArray(out, to);
        high0.intoArray(out, to + HALF);
        low1.intoArray(out, to + COUNT);
        high1.intoArray(out, to + COUNT + HALF);
    }

    private static FloatVector low(IntVector halves, int shift, int fields) {
        return high(halves.lanewise(VectorOperators.LSHL, 16), shift, fields);
    }

    private static FloatVector high(IntVector halves, int shift, int fields) {
        return halves.lanewise(VectorOperators.ASHR, shift).and(fields).reinterpretAsFloats();
    }

    @Override
    void unpack(MemorySegment data, int panel, int from, int to, MemorySegment tile) {
        long at = panel * packed().panelBytes();
        for (int column = from; column < to; column++) {
            for (int lane = 0; lane < HALF; lane += COUNT) {
                IntVector halves = IntVector.fromMemorySegment(INTS, data, at + column * COLUMN + lane * 4L, ORDER);
                low(halves, shift, fields).intoMemorySegment(tile, 4L * ((column - from) * PANEL + lane), ORDER);
                high(halves, shift, fields).intoMemorySegment(tile, 4L * ((column - from) * PANEL + HALF + lane), ORDER);
            }
        }
    }
}
