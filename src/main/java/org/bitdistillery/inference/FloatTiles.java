package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.ORDER;
import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The inner loops of matrix × matrix in float32: two vectors of rows times the tokens of a tile.
///
/// With more sums than these the compiler spills some to the stack, which halves the speed; 16 vector registers carry eight,
/// 32 carry twelve. Where a vector lies in the tile is computed with longs throughout: an int that might overflow keeps the compiler from
/// moving the check of bounds out of the loop.
final class FloatTiles {

    private FloatTiles() {
    }

    /// @param tile  unpacked weights, [width][PANEL]
    /// @param lane  first of `2 · COUNT` rows in the panel
    /// @param x     activations, [width][FloatOperand.TILE] from `at`
    /// @param first whether the sums begin here; otherwise those in `out` go on
    static void tokens(
            MemorySegment tile, int lane, int width, float[] x, int at, float[] out, int to, int stride, boolean first) {
        if (FloatOperand.TILE == 6) {
            sixTokens(tile, lane, width, x, at, out, to, stride, first);
        } else {
            fourTokens(tile, lane, width, x, at, out, to, stride, first);
        }
    }

    private static void fourTokens(
            MemorySegment tile, int lane, int width, float[] x, int at, float[] out, int to, int stride, boolean first) {
        FloatVector a0 = begin(out, to, first);
        FloatVector b0 = begin(out, to + COUNT, first);
        FloatVector a1 = begin(out, to + stride, first);
        FloatVector b1 = begin(out, to + stride + COUNT, first);
        FloatVector a2 = begin(out, to + 2 * stride, first);
        FloatVector b2 = begin(out, to + 2 * stride + COUNT, first);
        FloatVector a3 = begin(out, to + 3 * stride, first);
        FloatVector b3 = begin(out, to + 3 * stride + COUNT, first);
        long from = 4L * lane;
        for (int column = 0; column < width; column++) {
            FloatVector a = FloatVector.fromMemorySegment(FLOATS, tile, from + column * (4L * PANEL), ORDER);
            FloatVector b = FloatVector.fromMemorySegment(FLOATS, tile, from + 4L * COUNT + column * (4L * PANEL), ORDER);
            int i = at + column * 4;
            FloatVector activation = FloatVector.broadcast(FLOATS, x[i]);
            a0 = a.fma(activation, a0);
            b0 = b.fma(activation, b0);
            activation = FloatVector.broadcast(FLOATS, x[i + 1]);
            a1 = a.fma(activation, a1);
            b1 = b.fma(activation, b1);
            activation = FloatVector.broadcast(FLOATS, x[i + 2]);
            a2 = a.fma(activation, a2);
            b2 = b.fma(activation, b2);
            activation = FloatVector.broadcast(FLOATS, x[i + 3]);
            a3 = a.fma(activation, a3);
            b3 = b.fma(activation, b3);
        }
        end(a0, b0, out, to);
        end(a1, b1, out, to + stride);
        end(a2, b2, out, to + 2 * stride);
        end(a3, b3, out, to + 3 * stride);
    }

    private static void sixTokens(
            MemorySegment tile, int lane, int width, float[] x, int at, float[] out, int to, int stride, boolean first) {
        FloatVector a0 = begin(out, to, first);
        FloatVector b0 = begin(out, to + COUNT, first);
        FloatVector a1 = begin(out, to + stride, first);
        FloatVector b1 = begin(out, to + stride + COUNT, first);
        FloatVector a2 = begin(out, to + 2 * stride, first);
        FloatVector b2 = begin(out, to + 2 * stride + COUNT, first);
        FloatVector a3 = begin(out, to + 3 * stride, first);
        FloatVector b3 = begin(out, to + 3 * stride + COUNT, first);
        FloatVector a4 = begin(out, to + 4 * stride, first);
        FloatVector b4 = begin(out, to + 4 * stride + COUNT, first);
        FloatVector a5 = begin(out, to + 5 * stride, first);
        FloatVector b5 = begin(out, to + 5 * stride + COUNT, first);
        long from = 4L * lane;
        for (int column = 0; column < width; column++) {
            FloatVector a = FloatVector.fromMemorySegment(FLOATS, tile, from + column * (4L * PANEL), ORDER);
            FloatVector b = FloatVector.fromMemorySegment(FLOATS, tile, from + 4L * COUNT + column * (4L * PANEL), ORDER);
            int i = at + column * 6;
            FloatVector activation = FloatVector.broadcast(FLOATS, x[i]);
            a0 = a.fma(activation, a0);
            b0 = b.fma(activation, b0);
            activation = FloatVector.broadcast(FLOATS, x[i + 1]);
            a1 = a.fma(activation, a1);
            b1 = b.fma(activation, b1);
            activation = FloatVector.broadcast(FLOATS, x[i + 2]);
            a2 = a.fma(activation, a2);
            b2 = b.fma(activation, b2);
            activation = FloatVector.broadcast(FLOATS, x[i + 3]);
            a3 = a.fma(activation, a3);
            b3 = b.fma(activation, b3);
            activation = FloatVector.broadcast(FLOATS, x[i + 4]);
            a4 = a.fma(activation, a4);
            b4 = b.fma(activation, b4);
            activation = FloatVector.broadcast(FLOATS, x[i + 5]);
            a5 = a.fma(activation, a5);
            b5 = b.fma(activation, b5);
        }
        end(a0, b0, out, to);
        end(a1, b1, out, to + stride);
        end(a2, b2, out, to + 2 * stride);
        end(a3, b3, out, to + 3 * stride);
        end(a4, b4, out, to + 4 * stride);
        end(a5, b5, out, to + 5 * stride);
    }

    private static FloatVector begin(float[] out, int at, boolean first) {
        return first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, out, at);
    }

    private static void end(FloatVector a, FloatVector b, float[] out, int to) {
        a.intoArray(out, to);
        b.intoArray(out, to + COUNT);
    }
}
