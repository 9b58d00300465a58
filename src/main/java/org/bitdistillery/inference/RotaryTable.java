package org.bitdistillery.inference;

/// Rotary position embedding ([org.bitdistillery.model.Rope]): the pair `(x[i], x[i + d/2])` is turned by the angle `position · frequency[i]`.
final class RotaryTable {

    private final int half;
    private final float[] cosines;
    private final float[] sines;

    RotaryTable(int positions, double[] frequencies) {
        half = frequencies.length;
        cosines = new float[positions * half];
        sines = new float[positions * half];
        for (int i = 0; i < half; i++) {
            for (int position = 0; position < positions; position++) {
                cosines[position * half + i] = (float) Math.cos(position * frequencies[i]);
                sines[position * half + i] = (float) Math.sin(position * frequencies[i]);
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
