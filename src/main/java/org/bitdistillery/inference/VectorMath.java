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
    private static final float ROUNDING = 12_582_912f;

    private static final VectorShuffle<Float> BY_EIGHT = VectorShuffle.iota(FLOATS, 8 % COUNT, 1, true);
    private static final VectorShuffle<Float> BY_FOUR = VectorShuffle.iota(FLOATS, 4 % COUNT, 1, true);
    private static final VectorShuffle<Float> BY_TWO = VectorShuffle.iota(FLOATS, 2, 1, true);

    private VectorMath() {
    }

    /// The sum of all lanes, halves folded onto one another until one lane is left.
    ///
    /// `reduceLanes` may add floats in any order, and does so in another one once the compiler has been over it: the last bit of a
    /// norm would change while a program runs, and with it now and then an INT8 code.
    static float sum(FloatVector lanes) {
        FloatVector folded = COUNT > 8 ? lanes.add(lanes.rearrange(BY_EIGHT)) : lanes;
        folded = COUNT > 4 ? folded.add(folded.rearrange(BY_FOUR)) : folded;
        folded = folded.add(folded.rearrange(BY_TWO));
        return folded.lane(0) + folded.lane(1);
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
        FloatVector squares = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= length - COUNT; i += COUNT) {
            FloatVector values = FloatVector.fromArray(FLOATS, x, from + i);
            squares = values.fma(values, squares);
        }
        float sum = sum(squares);
        for (; i < length; i++) {
            sum += x[from + i] * x[from + i];
        }
        float scale = (float) (1 / Math.sqrt(sum / length + eps));
        for (i = 0; i <= length - COUNT; i += COUNT) {
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

    /// `gate = silu(gate) · up`, with `silu(g) = g / (1 + e^-g)`; runs over the padding up to the next full vector.
    static void gatedSilu(float[] gate, float[] up, int from, int length) {
        for (int i = from; i < from + length; i += COUNT) {
            FloatVector g = FloatVector.fromArray(FLOATS, gate, i);
            FloatVector sigmoid = g.div(exp(g.neg()).add(1f));
            sigmoid.mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(gate, i);
        }
    }

    /// `gate = gelu(gate) · up`, with the tanh form `g / (1 + e^-2u)`, `u = sqrt(2/pi)·(g + 0.044715·g³)`; runs over the padding, too.
    static void gatedGelu(float[] gate, float[] up, int from, int length) {
        for (int i = from; i < from + length; i += COUNT) {
            FloatVector g = FloatVector.fromArray(FLOATS, gate, i);
            FloatVector slope = g.mul(g).mul(GELU_CUBIC).add(1f).mul(g).mul(GELU_SLOPE);
            FloatVector activated = g.div(exp(slope.neg()).add(1f));
            activated.mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(gate, i);
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
        FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int i = from; i < end; i += COUNT) {
            most = most.max(FloatVector.fromArray(FLOATS, scores, i));
        }
        float largest = most.reduceLanes(VectorOperators.MAX);
        FloatVector sums = FloatVector.zero(FLOATS);
        for (int i = from; i < end; i += COUNT) {
            FloatVector power = exp(FloatVector.fromArray(FLOATS, scores, i).sub(largest));
            power.intoArray(scores, i);
            sums = sums.add(power);
        }
        float scale = 1 / sum(sums);
        for (int i = from; i < end; i += COUNT) {
            FloatVector.fromArray(FLOATS, scores, i).mul(scale).intoArray(scores, i);
        }
    }

    /// `e^x` within 2 units in the last place for x from -87 to 88; smaller and larger ones are clipped to these.
    ///
    /// `x = n·ln 2 + r` with |r| ≤ ln 2 / 2, `e^x = 2^n · e^r`, `e^r` by Cephes' polynomial of degree 7.
    static FloatVector exp(FloatVector x) {
        FloatVector clipped = x.max(LEAST_EXPONENT).min(88f);
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
        return e.mul(exponent.reinterpretAsFloats());
    }
}
