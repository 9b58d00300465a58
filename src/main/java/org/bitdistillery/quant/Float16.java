package org.bitdistillery.quant;

/// Half-precision numbers: IEEE binary16 (`F16`) and bfloat16 (`BF16`), both rounded half to even.
public final class Float16 {

    private Float16() {
    }

    public static float[] toFloats(short[] halves) {
        float[] floats = new float[halves.length];
        for (int i = 0; i < halves.length; i++) {
            floats[i] = Float.float16ToFloat(halves[i]);
        }
        return floats;
    }

    public static short[] fromFloats(float[] floats) {
        short[] halves = new short[floats.length];
        for (int i = 0; i < floats.length; i++) {
            halves[i] = Float.floatToFloat16(floats[i]);
        }
        return halves;
    }

    public static float[] bfloatToFloats(short[] bfloats) {
        float[] floats = new float[bfloats.length];
        for (int i = 0; i < bfloats.length; i++) {
            floats[i] = bfloatToFloat(bfloats[i]);
        }
        return floats;
    }

    public static short[] bfloatFromFloats(float[] floats) {
        short[] bfloats = new short[floats.length];
        for (int i = 0; i < floats.length; i++) {
            bfloats[i] = toBfloat(floats[i]);
        }
        return bfloats;
    }

    public static float bfloatToFloat(short bfloat) {
        return Float.intBitsToFloat(bfloat << 16);
    }

    public static short toBfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        int roundHalfToEven = 0x7FFF + (bits >>> 16 & 1);
        return (short) (bits + roundHalfToEven >>> 16);
    }
}
