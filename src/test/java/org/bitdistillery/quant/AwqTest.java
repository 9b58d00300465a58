package org.bitdistillery.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AwqTest {

    private static final int COLUMNS = 16;

    @Test
    void choosesTheExponentWithTheLeastErrorOfTheGrid() {
        Random random = new Random(4);
        float[] weights = GptqTest.gaussian(random, 8 * COLUMNS);
        double[] meanAbs = new double[COLUMNS];
        double[] gram = new double[COLUMNS * COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            meanAbs[i] = i % 8 == 3 ? 6 : 0.5 + random.nextDouble();
            for (int row = 0; row < 8; row++) {
                weights[row * COLUMNS + i] /= (float) meanAbs[i];
            }
            gram[i * COLUMNS + i] = 100 * meanAbs[i] * meanAbs[i];
        }

        Awq.Choice choice = Awq.choose(List.of(weights), COLUMNS, gram, meanAbs, TernaryQuantizer.PER_TENSOR);

        double best = Double.POSITIVE_INFINITY;
        double bestAlpha = -1;
        for (int step = 0; step < 20; step++) {
            double error = bruteForce(weights, gram, meanAbs, step / 20.0);
            if (error < best) {
                best = error;
                bestAlpha = step / 20.0;
            }
        }
        assertThat(choice.alpha()).isEqualTo(bestAlpha).isPositive();
        assertThat(choice.error()).isCloseTo(best, within(1e-4 * best));
    }

    /// Output error of weights that are scaled, rounded by the absmean written out here, and scaled back; inputs independent of
    /// each other.
    private static double bruteForce(float[] weights, double[] gram, double[] meanAbs, double alpha) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (double mean : meanAbs) {
            least = Math.min(least, Math.pow(mean, alpha));
            most = Math.max(most, Math.pow(mean, alpha));
        }
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += Math.abs(weights[i] * Math.pow(meanAbs[i % COLUMNS], alpha) / Math.sqrt(least * most));
        }
        double delta = sum / weights.length;
        double error = 0;
        for (int i = 0; i < weights.length; i++) {
            double scale = Math.pow(meanAbs[i % COLUMNS], alpha) / Math.sqrt(least * most);
            double code = Math.max(-1, Math.min(1, Math.rint(weights[i] * scale / delta)));
            double off = delta * code / scale - weights[i];
            error += off * off * gram[i % COLUMNS * COLUMNS + i % COLUMNS];
        }
        return error;
    }
}
