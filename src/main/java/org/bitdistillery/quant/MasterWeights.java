package org.bitdistillery.quant;

/// Master weights as BF16 numbers that still round to the codes they round to now.
///
/// BF16 numbers lie 0.4 to 0.8 % apart, and training leaves many weights that close to the boundary between two codes: rounded to the
/// nearest number, they would change sides. They get the nearest one on their own side.
public final class MasterWeights {

    /// By so much the scale may differ when it is computed again from the rounded weights.
    private static final float MARGIN = 1f / 1024;
    private static final int STEP = 1 << 16;

    private MasterWeights() {}

    /// @param weights a whole tensor, which gets one scale
    /// @return as many BF16 numbers
    public static float[] brainFloats(float[] weights) {
        Ternary ternary = Ternary.of(weights);
        float[] rounded = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            rounded[i] = onItsSide(Float16.bfloatToFloat(Float16.toBfloat(weights[i])), ternary.codes()[i], ternary.delta());
        }
        return rounded;
    }

    /// A 0 goes towards zero, a -1 or 1 away from it, until its side is clear.
    private static float onItsSide(float nearest, byte code, float delta) {
        float value = nearest;
        while (Ternary.code(value, delta * (1 - MARGIN)) != code || Ternary.code(value, delta * (1 + MARGIN)) != code) {
            value = Float.intBitsToFloat(Float.floatToRawIntBits(value) + (code == 0 ? -STEP : STEP));
        }
        return value;
    }
}
