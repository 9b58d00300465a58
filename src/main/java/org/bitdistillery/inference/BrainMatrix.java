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

/// BF16 weights: row j of a panel in the low, row j + 16 in the high half of an int.
final class BrainMatrix extends FloatMatrix {

    private static final int HALF = PANEL / 2;
    private static final long COLUMN = 4L * HALF;

    BrainMatrix(Packed packed) {
        super(packed, 1);
    }

    @Override
    void fourVectors(MemorySegment data, int row, float[] x, float[] out) {
        int lane = row % PANEL / 2;
        int first = row / PANEL * PANEL + lane;
        boolean nextPanel = COUNT == HALF;
        long at = row / PANEL * packed().panelBytes() + lane * 4L;
        sums(data, at, nextPanel ? packed().panelBytes() : 4L * COUNT, columns(), x, out, first, first + (nextPanel ? PANEL : COUNT));
    }

    private static void sums(MemorySegment data, long at, long step, int columns, float[] x, float[] out, int to, int second) {
        FloatVector low0 = FloatVector.zero(FLOATS);
        FloatVector high0 = low0;
        FloatVector low1 = low0;
        FloatVector high1 = low0;
        for (int column = 0; column < columns; column++) {
            FloatVector activation = FloatVector.broadcast(FLOATS, x[column]);
            IntVector halves = IntVector.fromMemorySegment(INTS, data, at + column * COLUMN, ORDER);
            low0 = low(halves).fma(activation, low0);
            high0 = high(halves).fma(activation, high0);
            halves = IntVector.fromMemorySegment(INTS, data, at + step + column * COLUMN, ORDER);
            low1 = low(halves).fma(activation, low1);
            high1 = high(halves).fma(activation, high1);
        }
        low0.intoArray(out, to);
        high0.intoArray(out, to + HALF);
        low1.intoArray(out, second);
        high1.intoArray(out, second + HALF);
    }

    private static FloatVector low(IntVector halves) {
        return halves.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    private static FloatVector high(IntVector halves) {
        return halves.and(0xFFFF_0000).reinterpretAsFloats();
    }

    @Override
    void unpack(MemorySegment data, int panel, int from, int to, float[] tile) {
        long at = panel * packed().panelBytes();
        for (int column = from; column < to; column++) {
            for (int lane = 0; lane < HALF; lane += COUNT) {
                IntVector halves = IntVector.fromMemorySegment(INTS, data, at + column * COLUMN + lane * 4L, ORDER);
                low(halves).intoArray(tile, (column - from) * PANEL + lane);
                high(halves).intoArray(tile, (column - from) * PANEL + HALF + lane);
            }
        }
    }
}
