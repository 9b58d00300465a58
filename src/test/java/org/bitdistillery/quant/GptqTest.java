package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.bitdistillery.config.Quantization.Granularity;
import org.junit.jupiter.api.Test;

class GptqTest {

    private static final TernaryQuantizer QUANTIZER = new TernaryQuantizer(Granularity.CHANNEL, 1);

    @Test
    void beatsRoundingOnTheOutputsOfCorrelatedInputs() {
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            float[] weights = gaussian(random, 8 * 24);
            double[] gram = correlated(random, 24, 200);
            float[] gptq = Gptq.quantize(weights, 24, gram, QUANTIZER).dequantized();
            float[] rounded = QUANTIZER.dequantized(weights, 24);
            assertThat(outputError(weights, gptq, gram, 24)).as("seed " + seed).isLessThan(0.8 * outputError(weights, rounded, gram, 24));
        }
    }

    @Test
    void equalsRoundingWhereInputsAreWhite() {
        float[] weights = gaussian(new Random(1), 8 * 24);
        double[] white = new double[24 * 24];
        for (int i = 0; i < 24; i++) {
            white[i * 24 + i] = 3.5;
        }
        Gptq.Result result = Gptq.quantize(weights, 24, white, QUANTIZER);
        assertThat(result.dequantized()).isEqualTo(QUANTIZER.dequantized(weights, 24));
        assertThat(result.latent()).isEqualTo(weights);
    }

    /// Optimal brain quantization in a fixed order (Frantar and Alistarh, arXiv 2208.11580), with a new inverse of what is left of
    /// the Hessian for every weight: slow, and nothing is factored.
    @Test
    void equalsOptimalBrainQuantizationInTheSameOrder() {
        Random random = new Random(5);
        int n = 10;
        float[] weights = gaussian(random, 3 * n);
        double[] gram = correlated(random, n, 60);
        float[] expected = new float[weights.length];
        double damping = 0.01 * trace(gram, n) / n;
        float[] scales = QUANTIZER.scales(weights, n);
        for (int row = 0; row < 3; row++) {
            double[] w = new double[n];
            for (int j = 0; j < n; j++) {
                w[j] = weights[row * n + j];
            }
            for (int j = 0; j < n; j++) {
                double[][] inverse = inverse(remaining(gram, n, j, damping));
                float rounded = scales[row] * Math.clamp(Math.round(w[j] / scales[row]), -1, 1);
                double error = (w[j] - rounded) / inverse[0][0];
                for (int k = j; k < n; k++) {
                    w[k] -= error * inverse[0][k - j];
                }
                expected[row * n + j] = rounded;
            }
        }
        assertThat(Gptq.quantize(weights, n, gram, QUANTIZER).dequantized()).isEqualTo(expected);
    }

    @Test
    void latentWeightsHaveTheCodesThatWereFoundUnderTheSameScales() {
        Random random = new Random(9);
        float[] weights = gaussian(random, 6 * 16);
        Gptq.Result result = Gptq.quantize(weights, 16, correlated(random, 16, 100), QUANTIZER);
        float[] scales = QUANTIZER.scales(weights, 16);
        for (int i = 0; i < weights.length; i++) {
            float delta = scales[i / 16];
            assertThat(delta * Ternary.code(result.latent()[i], delta)).isEqualTo(result.dequantized()[i]);
        }
    }

    @Test
    void inputsThatAreAlwaysZeroDoNoHarm() {
        float[] weights = gaussian(new Random(2), 4 * 8);
        assertThat(Gptq.quantize(weights, 8, new double[64], QUANTIZER).dequantized()).isEqualTo(QUANTIZER.dequantized(weights, 8));
    }

    static float[] gaussian(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /// `Σ x·xᵀ` of inputs that share a few directions.
    static double[] correlated(Random random, int n, int samples) {
        double[] gram = new double[n * n];
        double[][] directions = new double[3][n];
        for (double[] direction : directions) {
            Arrays.setAll(direction, _ -> random.nextGaussian());
        }
        for (int s = 0; s < samples; s++) {
            double[] x = new double[n];
            for (double[] direction : directions) {
                double size = random.nextGaussian();
                for (int i = 0; i < n; i++) {
                    x[i] += size * direction[i];
                }
            }
            for (int i = 0; i < n; i++) {
                x[i] += 0.2 * random.nextGaussian();
            }
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    gram[i * n + j] += x[i] * x[j];
                }
            }
        }
        return gram;
    }

    /// `Σ_rows (q - w)ᵀ·G·(q - w)`.
    static double outputError(float[] weights, float[] rounded, double[] gram, int n) {
        double sum = 0;
        for (int row = 0; row < weights.length / n; row++) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    sum += (double) (rounded[row * n + i] - weights[row * n + i]) * gram[i * n + j]
                            * (rounded[row * n + j] - weights[row * n + j]);
                }
            }
        }
        return sum;
    }

    private static double trace(double[] a, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[i * n + i];
        }
        return sum;
    }

    private static double[][] remaining(double[] gram, int n, int from, double damping) {
        double[][] rest = new double[n - from][n - from];
        for (int i = from; i < n; i++) {
            for (int j = from; j < n; j++) {
                rest[i - from][j - from] = gram[i * n + j] + (i == j ? damping : 0);
            }
        }
        return rest;
    }

    /// Gauss-Jordan with pivots.
    static double[][] inverse(double[][] a) {
        int n = a.length;
        double[][] work = new double[n][2 * n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(a[i], 0, work[i], 0, n);
            work[i][n + i] = 1;
        }
        for (int column = 0; column < n; column++) {
            int pivot = column;
            for (int i = column; i < n; i++) {
                pivot = Math.abs(work[i][column]) > Math.abs(work[pivot][column]) ? i : pivot;
            }
            double[] swap = work[pivot];
            work[pivot] = work[column];
            work[column] = swap;
            double divisor = work[column][column];
            for (int j = 0; j < 2 * n; j++) {
                work[column][j] /= divisor;
            }
            for (int i = 0; i < n; i++) {
                if (i != column) {
                    double factor = work[i][column];
                    for (int j = 0; j < 2 * n; j++) {
                        work[i][j] -= factor * work[column][j];
                    }
                }
            }
        }
        double[][] inverse = new double[n][n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(work[i], n, inverse[i], 0, n);
        }
        return inverse;
    }

    @Test
    void choleskyGivesBackItsMatrixAndItsInverse() {
        int n = 12;
        double[] a = correlated(new Random(3), n, 50);
        double[] lower = Cholesky.factor(a, n);
        double[] inverse = Cholesky.inverse(a, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double product = 0;
                double identity = 0;
                for (int k = 0; k < n; k++) {
                    product += lower[i * n + k] * lower[j * n + k];
                    identity += a[i * n + k] * inverse[k * n + j];
                }
                assertThat(product).isCloseTo(a[i * n + j], within(1e-9));
                assertThat(identity).isCloseTo(i == j ? 1 : 0, within(1e-8));
            }
        }
    }
}
