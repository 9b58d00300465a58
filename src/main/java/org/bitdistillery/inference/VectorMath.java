package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/// Element-wise parts of a decoder block, for slices of float arrays.
final class VectorMath {

    private static final float LOG2_E = 1.442695f;
    /// ln 2 in two parts, so that the reduction of the argument loses nothing (Cody and Waite).
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float LEAST_EXPONENT = -87f;
    private static final float GELU_CUBIC = 0.044715f;
    private static final float GELU_SLOPE = (float) (2 * Math.sqrt(2 / Math.PI));
    /// Adding it rounds a float of moderate size half to even and leaves the integer in the low bits; subtracting it gives the integer as a float.
    static final float ROUNDING = 12_582_912f;

    private static final VectorShuffle<Float> BY_EIGHT = VectorShuffle.iota(FLOATS, 8 % COUNT, 1, true);
    private static final VectorShuffle<Float> BY_FOUR = VectorShuffle.iota(FLOATS, 4 % COUNT, 1, true);
    private static final VectorShuffle<Float> BY_TWO = VectorShuffle.iota(FLOATS, 2, 1, true);

    private VectorMath() {
    }

    /// `Σ x`, or `Σ x²`. Halves of the last vector are folded onto one another until one lane is left.
    ///
    /// `reduceLanes` may add floats in any order, and does so in another one once the compiler has been over it: the last bit of a
    /// norm would change while a program runs, and with it now and then an INT8 code. As [#exp] it takes an array, so that no vector is
    /// put on the heap.
    static float sum(float[] x, int from, int length, boolean squares) {
        FloatVector lanes = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= length - COUNT; i += COUNT) {
            FloatVector values = FloatVector.fromArray(FLOATS, x, from + i);
            lanes = squares ? values.fma(values, lanes) : lanes.add(values);
        }
        lanes = COUNT > 8 ? lanes.add(lanes.rearrange(BY_EIGHT)) : lanes;
        lanes = COUNT > 4 ? lanes.add(lanes.rearrange(BY_FOUR)) : lanes;
        lanes = lanes.add(lanes.rearrange(BY_TWO));
        float sum = lanes.lane(0) + lanes.lane(1);
        for (; i < length; i++) {
            sum += squares ? x[from + i] * x[from + i] : x[from + i];
        }
        return sum;
    }

    /// `max |x|`, 0 for an empty slice.
    static float largest(float[] x, int from, int length) {
        FloatVector most = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= length - COUNT; i += COUNT) {
            most = most.max(FloatVector.fromArray(FLOATS, x, from + i).abs());
        }
        float largest = most.reduceLanes(VectorOperators.MAX);
        for (; i < length; i++) {
            largest = Math.max(largest, Math.abs(x[from + i]));
        }
        return largest;
    }

    /// RMSNorm: `out = gain · x / sqrt(mean(x²) + eps)`; `out` may be `x`.
    static void rmsNorm(float[] x, int from, float[] gain, float eps, float[] out, int to) {
        int length = gain.length;
        float scale = (float) (1 / Math.sqrt(sum(x, from, length, true) / length + eps));
        int i = 0;
        for (; i <= length - COUNT; i += COUNT) {
            FloatVector normed = FloatVector.fromArray(FLOATS, x, from + i).mul(scale);
            normed.mul(FloatVector.fromArray(FLOATS, gain, i)).intoArray(out, to + i);
        }
        for (; i < length; i++) {
            out[to + i] = x[from + i] * scale * gain[i];
        }
    }

    /// `x += y`.
    static void add(float[] x, int xFrom, float[] y, int yFrom, int length) {
        for (int i = 0; i < length; i++) {
            x[xFrom + i] += y[yFrom + i];
        }
    }

    /// `x *= factor`, for the first `length`.
    static void scale(float[] x, int length, float factor) {
        for (int i = 0; i < length; i++) {
            x[i] *= factor;
        }
    }

    /// `gate = silu(gate) · up`, with `silu(g) = g / (1 + e^-g)`; overwrites `up` and runs over the padding up to the next full vector.
    static void gatedSilu(float[] gate, float[] up, int from, int length) {
        for (int i = from; i < from + length; i += COUNT) {
            FloatVector g = FloatVector.fromArray(FLOATS, gate, i);
            g.mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(up, i);
            g.neg().intoArray(gate, i);
        }
        divideByOneAndExp(up, gate, from, length);
    }

    /// `gate = gelu(gate) · up`, with the tanh form `g / (1 + e^-2u)`, `u = sqrt(2/pi)·(g + 0.044715·g³)`; the rest as [#gatedSilu].
    static void gatedGelu(float[] gate, float[] up, int from, int length) {
        for (int i = from; i < from + length; i += COUNT) {
            FloatVector g = FloatVector.fromArray(FLOATS, gate, i);
            FloatVector slope = g.mul(g).mul(GELU_CUBIC).add(1f).mul(g).mul(GELU_SLOPE);
            g.mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(up, i);
            slope.neg().intoArray(gate, i);
        }
        divideByOneAndExp(up, gate, from, length);
    }

    /// `x = products / (1 + e^x)`.
    private static void divideByOneAndExp(float[] products, float[] x, int from, int length) {
        exp(x, from, length);
        for (int i = from; i < from + length; i += COUNT) {
            FloatVector.fromArray(FLOATS, products, i).div(FloatVector.fromArray(FLOATS, x, i).add(1f)).intoArray(x, i);
        }
    }

    /// `gate = max(gate, 0)² · up`; runs over the padding, too.
    static void gatedSquaredRelu(float[] gate, float[] up, int from, int length) {
        for (int i = from; i < from + length; i += COUNT) {
            FloatVector g = FloatVector.fromArray(FLOATS, gate, i).max(0f);
            g.mul(g).mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(gate, i);
        }
    }

    /// Turns scores into probabilities.
    ///
    /// @param scores room up to a full vector behind the last; what lies there is overwritten
    static void softmax(float[] scores, int from, int length) {
        int end = from + Math.ceilDiv(length, COUNT) * COUNT;
        for (int i = from + length; i < end; i++) {
            scores[i] = Float.NEGATIVE_INFINITY;
        }
        shift(scores, from, end, greatest(scores, from, end));
        exp(scores, from, length);
        float scale = 1 / sum(scores, from, end - from, false);
        for (int i = from; i < end; i += COUNT) {
            FloatVector.fromArray(FLOATS, scores, i).mul(scale).intoArray(scores, i);
        }
    }

    private static float greatest(float[] x, int from, int end) {
        FloatVector most = FloatVector.fromArray(FLOATS, x, from);
        for (int i = from + COUNT; i < end; i += COUNT) {
            most = most.max(FloatVector.fromArray(FLOATS, x, i));
        }
        return most.reduceLanes(VectorOperators.MAX);
    }

    private static void shift(float[] x, int from, int end, float by) {
        for (int i = from; i < end; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, i).sub(by).intoArray(x, i);
        }
    }

    /// `x = e^x` within 2 units in the last place for x from -87 to 88; smaller and larger ones are clipped to these. Runs over the padding, too.
    ///
    /// `x = n·ln 2 + r` with |r| ≤ ln 2 / 2, `e^x = 2^n · e^r`, `e^r` by Cephes' polynomial of degree 7. It takes an array because a method of
    /// this size may be called and not inlined, and a vector that is passed to one is put on the heap.
    static void exp(float[] x, int from, int length) {
        for (int i = from; i < from + length; i += COUNT) {
            FloatVector clipped = FloatVector.fromArray(FLOATS, x, i).max(LEAST_EXPONENT).min(88f);
            FloatVector n = clipped.mul(LOG2_E).add(ROUNDING).sub(ROUNDING);
            FloatVector r = clipped.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
            FloatVector e = FloatVector.broadcast(FLOATS, 1.9875691500e-4f);
            e = e.fma(r, FloatVector.broadcast(FLOATS, 1.3981999507e-3f));
            e = e.fma(r, FloatVector.broadcast(FLOATS, 8.3334519073e-3f));
            e = e.fma(r, FloatVector.broadcast(FLOATS, 4.1665795894e-2f));
            e = e.fma(r, FloatVector.broadcast(FLOATS, 1.6666665459e-1f));
            e = e.fma(r, FloatVector.broadcast(FLOATS, 5.0000001201e-1f));
            e = e.fma(r.mul(r), r).add(1f);
            IntVector exponent = ((IntVector) n.convert(VectorOperators.F2I, 0)).add(127).lanewise(VectorOperators.LSHL, 23);
            e.mul(exponent.reinterpretAsFloats()).intoArray(x, i);
        }
    }
}
