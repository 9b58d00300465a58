package org.bitdistillery.quant;

import org.bitdistillery.config.Quantization;
import org.bitdistillery.config.Quantization.Granularity;

/// Absmean quantization with one scale for a whole matrix, for each row, or for each block of consecutive weights of a row
/// (BitDistill, section 4.4): `delta = max(mean|w|, 1e-5)` over the weights that share it,
/// `delta · clip(round(w / delta), -1, 1)`. A row's last block may be shorter.
///
/// @param blockSize weights of a block; ignored for other granularities
public record TernaryQuantizer(Granularity granularity, int blockSize) {

    public static final TernaryQuantizer PER_TENSOR = new TernaryQuantizer(Granularity.TENSOR, 1);

    public static TernaryQuantizer of(Quantization quantization) {
        return new TernaryQuantizer(quantization.granularity(), quantization.blockSize());
    }

    /// The scale of every weight's group.
    ///
    /// @param weights [rows, columns]
    /// @return scales in the order of the groups; see [#group]
    public float[] scales(float[] weights, int columns) {
        int rows = weights.length / columns;
        double[] sums = new double[groups(rows, columns)];
        long[] counts = new long[sums.length];
        for (int i = 0; i < weights.length; i++) {
            int group = group(i / columns, i % columns, columns);
            sums[group] += Math.abs(weights[i]);
            counts[group]++;
        }
        float[] scales = new float[sums.length];
        for (int group = 0; group < scales.length; group++) {
            scales[group] = Math.max((float) (sums[group] / counts[group]), Ternary.LEAST_DELTA);
        }
        return scales;
    }

    int groups(int rows, int columns) {
        return switch (granularity) {
            case TENSOR -> 1;
            case CHANNEL -> rows;
            case BLOCK -> rows * Math.ceilDiv(columns, blockSize);
        };
    }

    /// Index of the group that a weight belongs to.
    public int group(int row, int column, int columns) {
        return switch (granularity) {
            case TENSOR -> 0;
            case CHANNEL -> row;
            case BLOCK -> row * Math.ceilDiv(columns, blockSize) + column / blockSize;
        };
    }

    /// Codes -1, 0 and 1 of all weights, under their own scales.
    public byte[] codes(float[] weights, int columns) {
        float[] scales = scales(weights, columns);
        byte[] codes = new byte[weights.length];
        for (int i = 0; i < weights.length; i++) {
            codes[i] = code(weights, i, columns, scales);
        }
        return codes;
    }

    /// The code of one weight.
    ///
    /// @param scales of [#scales]
    public byte code(float[] weights, int i, int columns, float[] scales) {
        return Ternary.code(weights[i], scales[group(i / columns, i % columns, columns)]);
    }

    /// Every weight rounded, `delta · code`.
    public float[] dequantized(float[] weights, int columns) {
        float[] scales = scales(weights, columns);
        float[] rounded = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            float delta = scales[group(i / columns, i % columns, columns)];
            rounded[i] = delta * Ternary.code(weights[i], delta);
        }
        return rounded;
    }
}
