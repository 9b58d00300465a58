package org.bitdistillery.quant;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bitdistillery.config.InvalidInput;

/// The ternary layouts of GGUF files: llama.cpp's TQ1_0 and TQ2_0, and I2_S of the fork that bitnet.cpp builds on.
///
/// Codes are handed over row by row; a row's length is a multiple of the block, so blocks never span rows.
public final class TernaryFormats {

    /// Weights of a TQ1_0 or TQ2_0 block.
    public static final int TQ_BLOCK = 256;
    /// Weights that share 32 bytes of I2_S.
    public static final int I2_S_BLOCK = 128;

    private static final int TQ1_BYTES = 54;
    private static final int TQ2_BYTES = 66;
    private static final int I2_S_BYTES = 32;
    private static final int I2_S_TAIL = 32;
    private static final int[] POWERS = {1, 3, 9, 27, 81};

    private TernaryFormats() {}

    /// TQ2_0: two halves of 128 weights; byte m (0..31) of a half holds weights m, m+32, m+64, m+96 from the low bits up;
    /// code = t + 1; then the scale as F16.
    ///
    /// @param codes -1, 0 or 1, a multiple of 256
    /// @param scale what a code of 1 stands for; rounded to F16
    public static byte[] packTq2(byte[] codes, float scale) {
        ByteBuffer packed = ByteBuffer.allocate(blocks(codes, TQ_BLOCK) * TQ2_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < codes.length; block += TQ_BLOCK) {
            for (int half = block; half < block + TQ_BLOCK; half += 128) {
                for (int m = half; m < half + 32; m++) {
                    packed.put((byte) (codes[m] + 1 | codes[m + 32] + 1 << 2 | codes[m + 64] + 1 << 4 | codes[m + 96] + 1 << 6));
                }
            }
            packed.putShort(Float.floatToFloat16(scale));
        }
        return packed.array();
    }

    /// @throws InvalidInput where two bits hold 3, which no ternary weight does
    public static TernaryBlocks tq2(byte[] packed) {
        int blocks = packed.length / TQ2_BYTES;
        TernaryBlocks weights = new TernaryBlocks(new byte[blocks * TQ_BLOCK], new float[blocks], TQ_BLOCK);
        ByteBuffer bytes = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < blocks; block++) {
            for (int half = 0; half < TQ_BLOCK; half += 128) {
                for (int m = 0; m < 32; m++) {
                    int codes = bytes.get();
                    for (int n = 0; n < 4; n++) {
                        weights.codes()[block * TQ_BLOCK + half + m + 32 * n] = code(codes >>> 2 * n & 3);
                    }
                }
            }
            weights.scales()[block] = Float.float16ToFloat(bytes.getShort());
        }
        return weights;
    }

    /// TQ1_0: five trits (t + 1) a byte, the first most significant, `byte = ceil(v · 256 / 243)` of the base-3 number v; then
    /// the scale as F16. Bytes 0..31 hold weights m + 32n, bytes 32..47 weights 160 + m + 16n, the last four 240 + m + 4n.
    public static byte[] packTq1(byte[] codes, float scale) {
        ByteBuffer packed = ByteBuffer.allocate(blocks(codes, TQ_BLOCK) * TQ1_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < codes.length; block += TQ_BLOCK) {
            putTrits(packed, codes, block, 32, 5);
            putTrits(packed, codes, block + 160, 16, 5);
            putTrits(packed, codes, block + 240, 4, 4);
            packed.putShort(Float.floatToFloat16(scale));
        }
        return packed.array();
    }

    private static void putTrits(ByteBuffer packed, byte[] codes, int from, int bytes, int trits) {
        for (int m = from; m < from + bytes; m++) {
            int value = 0;
            for (int n = 0; n < 5; n++) {
                value = 3 * value + (n < trits ? codes[m + bytes * n] + 1 : 0);
            }
            packed.put((byte) ((value * 256 + 242) / 243));
        }
    }

    /// Reads TQ1_0; every byte stands for some trits, so no content is invalid.
    public static TernaryBlocks tq1(byte[] packed) {
        int blocks = packed.length / TQ1_BYTES;
        TernaryBlocks weights = new TernaryBlocks(new byte[blocks * TQ_BLOCK], new float[blocks], TQ_BLOCK);
        ByteBuffer bytes = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < blocks; block++) {
            getTrits(bytes, weights.codes(), block * TQ_BLOCK, 32, 5);
            getTrits(bytes, weights.codes(), block * TQ_BLOCK + 160, 16, 5);
            getTrits(bytes, weights.codes(), block * TQ_BLOCK + 240, 4, 4);
            weights.scales()[block] = Float.float16ToFloat(bytes.getShort());
        }
        return weights;
    }

    private static void getTrits(ByteBuffer packed, byte[] codes, int from, int bytes, int trits) {
        for (int m = from; m < from + bytes; m++) {
            int value = packed.get() & 0xFF;
            for (int n = 0; n < trits; n++) {
                int shifted = value * POWERS[n] & 0xFF;
                codes[m + bytes * n] = (byte) ((shifted * 3 >> 8) - 1);
            }
        }
    }

    /// I2_S: runs of 128 weights of the flat tensor, 32 bytes each; byte m holds weights m, m+32, m+64, m+96 from the high
    /// bits down; code = t + 1. Behind all of them the scale as F32 and 28 bytes of padding.
    public static byte[] packI2s(byte[] codes, float scale) {
        int runs = blocks(codes, I2_S_BLOCK);
        ByteBuffer packed = ByteBuffer.allocate(runs * I2_S_BYTES + I2_S_TAIL).order(ByteOrder.LITTLE_ENDIAN);
        for (int run = 0; run < codes.length; run += I2_S_BLOCK) {
            for (int m = run; m < run + 32; m++) {
                packed.put((byte) (codes[m] + 1 << 6 | codes[m + 32] + 1 << 4 | codes[m + 64] + 1 << 2 | codes[m + 96] + 1));
            }
        }
        packed.putFloat(scale);
        return packed.array();
    }

    /// @throws InvalidInput where two bits hold 3, which no ternary weight does
    public static TernaryBlocks i2s(byte[] packed) {
        int runs = (packed.length - I2_S_TAIL) / I2_S_BYTES;
        byte[] codes = new byte[runs * I2_S_BLOCK];
        for (int run = 0; run < runs; run++) {
            for (int m = 0; m < 32; m++) {
                int bits = packed[run * I2_S_BYTES + m];
                for (int n = 0; n < 4; n++) {
                    codes[run * I2_S_BLOCK + m + 32 * n] = code(bits >>> 6 - 2 * n & 3);
                }
            }
        }
        float scale = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).getFloat(runs * I2_S_BYTES);
        float[] scales = new float[runs];
        Arrays.fill(scales, scale);
        return new TernaryBlocks(codes, scales, I2_S_BLOCK);
    }

    private static byte code(int bits) {
        if (bits == 3) {
            throw new InvalidInput("two bits hold 3, only 0, 1 and 2 are possible: the file is damaged, fetch or export it again");
        }
        return (byte) (bits - 1);
    }

    private static int blocks(byte[] codes, int block) {
        if (codes.length % block != 0) {
            throw new IllegalArgumentException(codes.length + " codes are no multiple of " + block);
        }
        return codes.length / block;
    }
}
