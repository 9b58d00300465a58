package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.ORDER;
import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Single-precision weights, [columns][PANEL] a panel.
final class SingleMatrix extends FloatMatrix {

    private static final long COLUMN = 4L * PANEL;
    private static final long VECTOR = 4L * COUNT;

    SingleMatrix(Packed packed) {
        super(packed, 1);
    }

    private static FloatVector floats(MemorySegment data, long at) {
        return FloatVector.fromMemorySegment(FLOATS, data, at, ORDER);
    }

    @Override
    void panel(MemorySegment data, long at, int columns, float[] x, float[] out, int to) {
        if (COUNT == PANEL / 2) {
            twoVectors(data, at, columns, x, out, to);
            return;
        }
        for (int lane = 0; lane < PANEL; lane += 4 * COUNT) {
            fourVectors(data, at + lane * 4L, columns, x, out, to + lane);
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
        MemorySegment.copy(data, panel * packed().panelBytes() + from * COLUMN, tile, 0, 4L * (to - from) * PANEL);
    }
}
