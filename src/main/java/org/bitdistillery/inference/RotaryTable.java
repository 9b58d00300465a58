package org.bitdistillery.inference;

/// Rotary position embedding as Hugging Face's Llama has it: the pair `(x[i], x[i + d/2])` is turned by the angle
/// `position · theta^(-2i/d)`.
final class RotaryTable {

    private final int half;
    private final float[] cosines;
    private final float[] sines;

    RotaryTable(int positions, int headDim, double theta) {
        half = headDim / 2;
        cosines = new float[positions * half];
        sines = new float[positions * half];
        for (int i = 0; i < half; i++) {
            double frequency = Math.pow(theta, -2.0 * i / headDim);
            for (int position = 0; position < positions; position++) {
                cosines[position * half + i] = (float) Math.cos(position * frequency);
                sines[position * half + i] = (float) Math.sin(position * frequency);
            }
        }
    }

    /// Turns `heads` neighboring heads of one token.
    void turn(float[] x, int from, int heads, int position) {
        int table = position * half;
        for (int head = 0; head < heads; head++) {
            int first = from + head * 2 * half;
            for (int i = 0; i < half; i++) {
                float a = x[first + i];
                float b = x[first + half + i];
                x[first + i] = a * cosines[table + i] - b * sines[table + i];
                x[first + half + i] = b * cosines[table + i] + a * sines[table + i];
            }
        }
    }
}
