package org.bitdistillery.quant;

/// Ternary weights with a scale for each run of consecutive ones: `w = scales[i / block] · codes[i]`.
///
/// @param codes  -1, 0 or 1
/// @param block  weights that share a scale
public record TernaryBlocks(byte[] codes, float[] scales, int block) {

    public float[] floats() {
        float[] values = new float[codes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = scales[i / block] * codes[i];
        }
        return values;
    }

    /// Whether all blocks have the same scale, bit for bit.
    public boolean isUniform() {
        for (float scale : scales) {
            if (Float.floatToRawIntBits(scale) != Float.floatToRawIntBits(scales[0])) {
                return false;
            }
        }
        return true;
    }
}
