package org.bitdistillery.quant;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/// The layouts of GGUF files for weights that are not ternary: F32, F16, BF16, Q8_0, Q4_0 (read only) and Q6_K.
public final class BlockFormats {

    public static final int Q8_BLOCK = 32;
    public static final int Q6_BLOCK = 256;
    private static final int Q8_BYTES = 34;
    private static final int Q4_BYTES = 18;
    private static final int Q6_BYTES = 210;

    private BlockFormats() {}

    public static float[] f32(byte[] bytes) {
        FloatBuffer values = little(bytes).asFloatBuffer();
        float[] floats = new float[values.remaining()];
        values.get(floats);
        return floats;
    }

    public static float[] f16(byte[] bytes) {
        return Float16.toFloats(shorts(bytes));
    }

    public static float[] bf16(byte[] bytes) {
        return Float16.bfloatToFloats(shorts(bytes));
    }

    public static byte[] packF32(float[] values) {
        ByteBuffer bytes = little(new byte[4 * values.length]);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    public static byte[] packF16(float[] values) {
        ByteBuffer bytes = little(new byte[2 * values.length]);
        bytes.asShortBuffer().put(Float16.fromFloats(values));
        return bytes.array();
    }

    /// Q8_0: blocks of 32, scale `d = max|x| / 127` as F16, then INT8 `round(x / d)` with the unrounded d, halves away from zero.
    public static byte[] packQ8(float[] values) {
        ByteBuffer bytes = little(new byte[values.length / Q8_BLOCK * Q8_BYTES]);
        for (int block = 0; block < values.length; block += Q8_BLOCK) {
            float most = 0;
            for (int i = block; i < block + Q8_BLOCK; i++) {
                most = Math.max(most, Math.abs(values[i]));
            }
            float scale = most / 127;
            float perUnit = scale == 0 ? 0 : 1 / scale;
            bytes.putShort(Float.floatToFloat16(scale));
            for (int i = block; i < block + Q8_BLOCK; i++) {
                float x = values[i] * perUnit;
                bytes.put((byte) (int) Math.copySign(Math.floor(Math.abs((double) x) + 0.5), x));
            }
        }
        return bytes.array();
    }

    public static float[] q8(byte[] packed) {
        ByteBuffer bytes = little(packed);
        float[] values = new float[packed.length / Q8_BYTES * Q8_BLOCK];
        for (int block = 0; block < values.length; block += Q8_BLOCK) {
            float scale = Float.float16ToFloat(bytes.getShort());
            for (int i = block; i < block + Q8_BLOCK; i++) {
                values[i] = bytes.get() * scale;
            }
        }
        return values;
    }

    /// Q4_0: blocks of 32, F16 scale, 16 bytes with elements m in the low and m + 16 in the high half; `x = d · (q - 8)`.
    public static float[] q4(byte[] packed) {
        ByteBuffer bytes = little(packed);
        float[] values = new float[packed.length / Q4_BYTES * 32];
        for (int block = 0; block < values.length; block += 32) {
            float scale = Float.float16ToFloat(bytes.getShort());
            for (int m = block; m < block + 16; m++) {
                int pair = bytes.get();
                values[m] = ((pair & 15) - 8) * scale;
                values[m + 16] = ((pair >> 4 & 15) - 8) * scale;
            }
        }
        return values;
    }

    /// Q6_K: see [SixBits].
    public static byte[] packQ6(float[] values) {
        byte[] packed = new byte[values.length / Q6_BLOCK * Q6_BYTES];
        for (int block = 0; block < values.length / Q6_BLOCK; block++) {
            SixBits.pack(values, block * Q6_BLOCK, packed, block * Q6_BYTES);
        }
        return packed;
    }

    public static float[] q6(byte[] packed) {
        float[] values = new float[packed.length / Q6_BYTES * Q6_BLOCK];
        for (int block = 0; block < values.length / Q6_BLOCK; block++) {
            SixBits.unpack(packed, block * Q6_BYTES, values, block * Q6_BLOCK);
        }
        return values;
    }

    private static short[] shorts(byte[] bytes) {
        ShortBuffer values = little(bytes).asShortBuffer();
        short[] shorts = new short[values.remaining()];
        values.get(shorts);
        return shorts;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
