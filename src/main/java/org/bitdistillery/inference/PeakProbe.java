package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.INTS;
import static org.bitdistillery.inference.Lanes.ORDER;
import static org.bitdistillery.inference.Lanes.SHORTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// What one core can do at best with the vector operations that the kernels are made of: the roofs of a roofline.
///
/// Twelve independent sums hide the latency of what they wait for.
public final class PeakProbe {

    private static final int STEPS = 100_000;
    private static final int SUMS = 12;

    private PeakProbe() {
    }

    /// Width of the vectors in bits.
    public static int vectorBits() {
        return COUNT * Integer.SIZE;
    }

    /// Multiplies and adds in float32.
    ///
    /// @return a number that depends on all of it
    public static float floats() {
        FloatVector x = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector y = FloatVector.broadcast(FLOATS, 1f);
        FloatVector a = x;
        FloatVector b = x;
        FloatVector c = x;
        FloatVector d = x;
        FloatVector e = x;
        FloatVector f = x;
        FloatVector g = x;
        FloatVector h = x;
        FloatVector i = x;
        FloatVector j = x;
        FloatVector k = x;
        FloatVector l = x;
        for (int step = 0; step < STEPS; step++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l).lane(0);
    }

    /// Multiplies and adds in 16 bits, as the ternary and four-bit kernels do with INT8 activations.
    ///
    /// @return a number that depends on all of it
    public static int integers() {
        ShortVector x = ShortVector.broadcast(SHORTS, (short) 3);
        ShortVector y = ShortVector.broadcast(SHORTS, (short) 7);
        ShortVector a = x;
        ShortVector b = x;
        ShortVector c = x;
        ShortVector d = x;
        ShortVector e = x;
        ShortVector f = x;
        ShortVector g = x;
        ShortVector h = x;
        ShortVector i = x;
        ShortVector j = x;
        ShortVector k = x;
        ShortVector l = x;
        for (int step = 0; step < STEPS; step++) {
            a = a.mul(x).add(y);
            b = b.mul(x).add(y);
            c = c.mul(x).add(y);
            d = d.mul(x).add(y);
            e = e.mul(x).add(y);
            f = f.mul(x).add(y);
            g = g.mul(x).add(y);
            h = h.mul(x).add(y);
            i = i.mul(x).add(y);
            j = j.mul(x).add(y);
            k = k.mul(x).add(y);
            l = l.mul(x).add(y);
        }
        return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l).lane(0);
    }

    /// Products of one [#floats()].
    public static double floatProducts() {
        return (double) STEPS * SUMS * COUNT;
    }

    /// Products of one [#integers()].
    public static double integerProducts() {
        return 2 * floatProducts();
    }

    /// Reads memory as fast as it comes.
    ///
    /// @param to a multiple of two vectors behind `from`
    /// @return a number that depends on all of it
    public static int read(MemorySegment data, long from, long to) {
        IntVector a = IntVector.zero(INTS);
        IntVector b = a;
        for (long at = from; at < to; at += 8L * COUNT) {
            a = a.add(IntVector.fromMemorySegment(INTS, data, at, ORDER));
            b = b.add(IntVector.fromMemorySegment(INTS, data, at + 4L * COUNT, ORDER));
        }
        return a.add(b).reduceLanes(VectorOperators.ADD);
    }
}
