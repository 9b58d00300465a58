package org.bitdistillery.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/// Percentile bootstrap (Efron 1979): how much a statistic of some rows would change had other rows like them been drawn.
final class Bootstrap {

    private static final double TAIL = 0.025;

    private Bootstrap() {}

    /// 95 % interval of a statistic.
    ///
    /// @param rows      at least one
    /// @param statistic of rows by index, of which some come several times; not NaN
    /// @param seed      the same seed draws the same rows
    /// @return lower and upper end
    static List<Double> interval95(int rows, int resamples, long seed, ToDoubleFunction<int[]> statistic) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = new double[resamples];
        int[] drawn = new int[rows];
        for (int i = 0; i < resamples; i++) {
            for (int j = 0; j < rows; j++) {
                drawn[j] = random.nextInt(rows);
            }
            values[i] = statistic.applyAsDouble(drawn);
        }
        Arrays.sort(values);
        return List.of(quantile(values, TAIL), quantile(values, 1 - TAIL));
    }

    /// Between the two nearest of the sorted values.
    private static double quantile(double[] values, double share) {
        double place = share * (values.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, values.length - 1);
        return values[below] + (place - below) * (values[above] - values[below]);
    }
}
