package org.bitdistillery.quant;

import java.util.stream.IntStream;

/// GPTQ (Frantar et al., arXiv 2210.17323) onto a ternary grid: columns are rounded one after the other, and what rounding one
/// loses is made up for by those that are still to come, in the metric of the inputs, `H = 2·X·Xᵀ`.
///
/// The grid's scales are those of the absmean quantizer on the weights as they were.
public final class Gptq {

    private static final double DAMPING = 0.01;

    private Gptq() {}

    /// @param dequantized `delta · code`: the training-free conversion, [rows, columns]
    /// @param latent      the weights just before each was rounded. Under the same scales they have the same codes, which makes
    ///                    them a beginning for training
    public record Result(float[] dequantized, float[] latent) {}

    /// @param weights [rows, columns]
    /// @param gram    `Σ x·xᵀ` over calibration inputs, [columns, columns]; its scale does not matter
    public static Result quantize(float[] weights, int columns, double[] gram, TernaryQuantizer quantizer) {
        int rows = weights.length / columns;
        double[] upper = inverseRoot(gram, columns);
        float[] scales = quantizer.scales(weights, columns);
        float[] dequantized = new float[weights.length];
        float[] latent = new float[weights.length];
        IntStream.range(0, rows).parallel().forEach(row -> {
            double[] w = new double[columns];
            for (int j = 0; j < columns; j++) {
                w[j] = weights[row * columns + j];
            }
            for (int j = 0; j < columns; j++) {
                float delta = scales[quantizer.group(row, j, columns)];
                float value = (float) w[j];
                float rounded = delta * Ternary.code(value, delta);
                latent[row * columns + j] = value;
                dequantized[row * columns + j] = rounded;
                double error = (w[j] - rounded) / upper[j * columns + j];
                for (int k = j + 1; k < columns; k++) {
                    w[k] -= error * upper[j * columns + k];
                }
            }
        });
        return new Result(dequantized, latent);
    }

    /// The upper Cholesky factor U of the damped Hessian's inverse, `H⁻¹ = Uᵀ·U`, row-major. Inputs that never were anything
    /// but 0 stand alone.
    static double[] inverseRoot(double[] gram, int n) {
        double[] hessian = gram.clone();
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += hessian[i * n + i];
        }
        double damping = DAMPING * trace / n;
        for (int i = 0; i < n; i++) {
            hessian[i * n + i] += damping > 0 ? damping : 1;
        }
        double[] inverse = Cholesky.inverse(hessian, n);
        double[] lower = Cholesky.factor(inverse, n);
        double[] upper = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                upper[i * n + j] = lower[j * n + i];
            }
        }
        return upper;
    }
}
