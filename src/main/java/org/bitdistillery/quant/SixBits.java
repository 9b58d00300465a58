package org.bitdistillery.quant;

/// A block of llama.cpp's Q6_K: 256 weights `x = d · s[i / 16] · (q - 32)` with 6 bits q, INT8 s and F16 d.
///
/// Two halves of 128 weights. Of weight `32n + l` of a half (n = 0..3, l = 0..31) the low 4 bits lie in byte `32·(n % 2) + l` of
/// the half's 64 low bytes, in the low nibble where n < 2, the high 2 bits in bits 2n of byte l of its 32 high bytes.
/// In the file: 128 low bytes, 64 high bytes, 16 scales, d.
final class SixBits {

    private static final int LOW = 128;
    private static final int SCALES = 192;
    private static final int DELTA = 208;
    private static final int GROUP = 16;
    private static final int GROUPS = 16;
    private static final int SEARCH = 9;

    private SixBits() {}

    static void unpack(byte[] packed, int from, float[] values, int to) {
        float delta = Float.float16ToFloat((short) (packed[from + DELTA] & 0xFF | packed[from + DELTA + 1] << 8));
        for (int i = 0; i < 256; i++) {
            int half = i / 128;
            int n = i % 128 / 32;
            int l = i % 32;
            int low = packed[from + 64 * half + 32 * (n % 2) + l] >>> (n < 2 ? 0 : 4) & 15;
            int high = packed[from + LOW + 32 * half + l] >>> 2 * n & 3;
            float scale = delta * packed[from + SCALES + i / GROUP];
            values[to + i] = scale * ((low | high << 4) - 32);
        }
    }

    static void pack(float[] values, int from, byte[] packed, int to) {
        float[] scales = new float[GROUPS];
        float most = 0;
        for (int group = 0; group < GROUPS; group++) {
            scales[group] = scale(values, from + group * GROUP);
            most = Math.abs(scales[group]) > Math.abs(most) ? scales[group] : most;
        }
        short half = Float.floatToFloat16(most / -128);
        packed[to + DELTA] = (byte) half;
        packed[to + DELTA + 1] = (byte) (half >> 8);
        float delta = Float.float16ToFloat(half);
        for (int group = 0; group < GROUPS; group++) {
            int scale = delta == 0 ? 0 : (int) Math.clamp(Math.rint(scales[group] / delta), -128, 127);
            packed[to + SCALES + group] = (byte) scale;
        }
        for (int i = 0; i < 256; i++) {
            float step = delta * packed[to + SCALES + i / GROUP];
            put(packed, to, i, step == 0 ? 32 : level(values[from + i] / step) + 32);
        }
    }

    private static void put(byte[] packed, int to, int i, int code) {
        int half = i / 128;
        int n = i % 128 / 32;
        int l = i % 32;
        packed[to + 64 * half + 32 * (n % 2) + l] |= (byte) ((code & 15) << (n < 2 ? 0 : 4));
        packed[to + LOW + 32 * half + l] |= (byte) (code >> 4 << 2 * n);
    }

    private static int level(float x) {
        return (int) Math.clamp(Math.rint(x), -32, 31);
    }

    /// The step of 16 weights with the least squared error, weighted by the squared weights: the largest weight is tried at
    /// levels around -32, and for the rounding that each gives, least squares tells the step.
    private static float scale(float[] values, int from) {
        float most = 0;
        for (int i = from; i < from + GROUP; i++) {
            most = Math.abs(values[i]) > Math.abs(most) ? values[i] : most;
        }
        if (Math.abs(most) < 1e-15f) {
            return 0;
        }
        double best = -1;
        float bestStep = 0;
        for (int trial = -SEARCH; trial <= SEARCH; trial++) {
            float perUnit = -(32 + 0.1f * trial) / most;
            double products = 0;
            double squares = 0;
            for (int i = from; i < from + GROUP; i++) {
                int level = level(perUnit * values[i]);
                double weight = (double) values[i] * values[i];
                products += weight * values[i] * level;
                squares += weight * level * level;
            }
            if (squares > 0 && products * products > best * squares) {
                best = products * products / squares;
                bestStep = (float) (products / squares);
            }
        }
        return bestStep;
    }
}
