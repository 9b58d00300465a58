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

    SingleMatrix(Packed packed) {
        super(packed, 1);
    }

    @Override
    void fourVectors(MemorySegment data, int row, float[] x, float[] out) {
        sums(data, row / PANEL * packed().panelBytes() + row % PANEL * 4L, step(4), columns(), x, out, row);
    }

    private static void sums(MemorySegment data, long at, long step, int columns, float[] x, float[] out, int to) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int column = 0; column < columns; column++) {
            FloatVector activation = FloatVector.broadcast(FLOATS, x[column]);
            long i = at + column * COLUMN;
            sum0 = FloatVector.fromMemorySegment(FLOATS, data, i, ORDER).fma(activation, sum0);
            sum1 = FloatVector.fromMemorySegment(FLOATS, data, i + 4L * COUNT, ORDER).fma(activation, sum1);
            sum2 = FloatVector.fromMemorySegment(FLOATS, data, i + step, ORDER).fma(activation, sum2);
            sum3 = FloatVector.fromMemorySegment(FLOATS, data, i + step + 4L * COUNT, ORDER).fma(activation, sum3);
        }
        sum0.intoArray(out, to);
        sum1.intoArray(out, to + COUNT);
        sum2.intoArray(out, to + 2 * COUNT);
        sum3.intoArray(out, to + 3 * COUNT);
    }

    @Override
    void unpack(MemorySegment data, int panel, int from, int to, float[] tile) {
        MemorySegment.copy(data, Packed.FLOAT, panel * packed().panelBytes() + from * COLUMN, tile, 0, (to - from) * PANEL);
    }
}
