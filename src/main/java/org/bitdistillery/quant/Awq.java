package org.bitdistillery.quant;

import java.util.List;
import java.util.stream.IntStream;

/// AWQ (Lin et al., arXiv 2306.00978): input channels that carry large activations are scaled up before rounding, because the
/// error of their weights weighs most. `s = mean|x|^alpha`, alpha from a grid, the one with the least output error.
///
/// The inverse scale goes into whatever produces the inputs, so that the full-precision function stays the same.
public final class Awq {

    public static final int GRID = 20;

    private Awq() {}

    /// @param scales by input channel; weights are multiplied by them, inputs divided
    /// @param alpha  exponent that was chosen, 0..1
    /// @param error  `Σ‖(Q(W·s)/s - W)·x‖²` over all matrices and calibration inputs
    public record Choice(float[] scales, double alpha, double error) {}

    /// @param matrices that read the same inputs, each [rows, columns]
    /// @param gram     `Σ x·xᵀ` of the inputs, [columns, columns]
    /// @param meanAbs  `mean|x|` by input channel
    public static Choice choose(List<float[]> matrices, int columns, double[] gram, double[] meanAbs, TernaryQuantizer quantizer) {
        Choice best = null;
        for (int step = 0; step < GRID; step++) {
            double alpha = (double) step / GRID;
            float[] scales = scales(meanAbs, alpha);
            double error = matrices.stream().mapToDouble(weights -> error(weights, columns, gram, scales, quantizer)).sum();
            if (best == null || error < best.error()) {
                best = new Choice(scales, alpha, error);
            }
        }
        return best;
    }

    /// `mean|x|^alpha`, brought to a geometric middle of 1 between its ends as in the authors' code.
    static float[] scales(double[] meanAbs, double alpha) {
        double[] scales = new double[meanAbs.length];
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (int i = 0; i < scales.length; i++) {
            scales[i] = Math.max(Math.pow(meanAbs[i], alpha), 1e-4);
            least = Math.min(least, scales[i]);
            most = Math.max(most, scales[i]);
        }
        double middle = Math.sqrt(least * most);
        float[] result = new float[scales.length];
        for (int i = 0; i < scales.length; i++) {
            result[i] = (float) (scales[i] / middle);
        }
        return result;
    }

    /// Output error of one matrix, `Σ_rows eᵀ·G·e` with `e = Q(w·s)/s - w`.
    static double error(float[] weights, int columns, double[] gram, float[] scales, TernaryQuantizer quantizer) {
        float[] rounded = quantizer.dequantized(scaled(weights, columns, scales), columns);
        return IntStream.range(0, weights.length / columns).parallel().mapToDouble(row -> {
            double[] e = new double[columns];
            for (int j = 0; j < columns; j++) {
                e[j] = rounded[row * columns + j] / scales[j] - weights[row * columns + j];
            }
            return quadraticForm(e, gram);
        }).sum();
    }

    /// `eᵀ·G·e`.
    static double quadraticForm(double[] e, double[] gram) {
        // Sums side by side become vectors; a single running sum may not, since its order is promised.
        double[] product = new double[e.length];
        for (int i = 0; i < e.length; i++) {
            double factor = e[i];
            int row = i * e.length;
            for (int j = 0; j < e.length; j++) {
                product[j] += factor * gram[row + j];
            }
        }
        double sum = 0;
        for (int j = 0; j < e.length; j++) {
            sum += product[j] * e[j];
        }
        return sum;
    }

    /// `W·diag(s)`.
    public static float[] scaled(float[] weights, int columns, float[] scales) {
        float[] scaled = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            scaled[i] = weights[i] * scales[i % columns];
        }
        return scaled;
    }
}
