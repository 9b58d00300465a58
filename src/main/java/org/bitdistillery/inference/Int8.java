package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.VectorMath.ROUNDING;

import jdk.incubator.vector.FloatVector;

/// Activations as INT8 by absmax: `x8 = round(x · 127 / gamma)`, half to even.
final class Int8 {

    static final float LEAST_GAMMA = 1e-5f;
    private static final int ROUNDING_BITS = Float.floatToRawIntBits(ROUNDING);

    private Int8() {
    }

    /// No clipping is needed: no activation is larger than gamma.
    ///
    /// @return what one step stands for, `gamma / 127`
    static float quantize(float[] source, int from, int length, int[] codes, int to) {
        float gamma = Math.max(VectorMath.largest(source, from, length), LEAST_GAMMA);
        float perUnit = 127f / gamma;
        int i = 0;
        for (; i <= length - COUNT; i += COUNT) {
            FloatVector scaled = FloatVector.fromArray(FLOATS, source, from + i).mul(perUnit).add(ROUNDING);
            scaled.reinterpretAsInts().sub(ROUNDING_BITS).intoArray(codes, to + i);
        }
        for (; i < length; i++) {
            codes[to + i] = Float.floatToRawIntBits(source[from + i] * perUnit + ROUNDING) - ROUNDING_BITS;
        }
        return gamma / 127f;
    }
}
