package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.ORDER;
import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// INT8 weights with a scale a row, [columns][PANEL] a panel. Activations stay floats.
final class ByteMatrix extends FloatMatrix {

    /// As many bytes as floats in a vector; there is no vector of four bytes, so that one of eight is half used.
    private static final VectorSpecies<Byte> BYTES = COUNT >= 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private static final long COLUMN = PANEL;
    private static final long VECTOR = COUNT;

    ByteMatrix(Packed packed) {
        super(packed, 1);
    }

    /// The next `COUNT` bytes as floats.
    static FloatVector floats(MemorySegment data, long at) {
        return (FloatVector) ByteVector.fromMemorySegment(BYTES, data, at, ORDER).convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    @Override
    void panel(MemorySegment data, long at, int columns, float[] x, float[] out, int to) {
        if (COUNT == PANEL / 2) {
            twoVectors(data, at, columns, x, out, to);
            return;
        }
        for (int lane = 0; lane < PANEL; lane += 4 * COUNT) {
            fourVectors(data, at + lane, columns, x, out, to + lane);
        }
    }

    private static void twoVectors(MemorySegment data, long at, int columns, float[] x, float[] out, int to) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        for (int column = 0; column < columns; column++) {
            FloatVector activation = FloatVector.broadcast(FLOATS, x[column]);
            long i = at + column * COLUMN;
            sum0 = floats(data, i).fma(activation, sum0);
            sum1 = floats(data, i + VECTOR).fma(activation, sum1);
        }
        sum0.intoArray(out, to);
        sum1.intoArray(out, to + COUNT);
    }

    private static void fourVectors(MemorySegment data, long at, int columns, float[] x, float[] out, int to) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int column = 0; column < columns; column++) {
            FloatVector activation = FloatVector.broadcast(FLOATS, x[column]);
            long i = at + column * COLUMN;
            sum0 = floats(data, i).fma(activation, sum0);
            sum1 = floats(data, i + VECTOR).fma(activation, sum1);
            sum2 = floats(data, i + 2 * VECTOR).fma(activation, sum2);
            sum3 = floats(data, i + 3 * VECTOR).fma(activation, sum3);
        }
        sum0.intoArray(out, to);
        sum1.intoArray(out, to + COUNT);
        sum2.intoArray(out, to + 2 * COUNT);
        sum3.intoArray(out, to + 3 * COUNT);
    }

    @Override
    void unpack(MemorySegment data, int panel, int from, int to, MemorySegment tile) {
        long at = panel * packed().panelBytes();
        for (int column = from; column < to; column++) {
            for (int lane = 0; lane < PANEL; lane += COUNT) {
                floats(data, at + column * COLUMN + lane).intoMemorySegment(tile, 4L * ((column - from) * PANEL + lane), ORDER);
            }
        }
    }
}
