package org.bitdistillery.analysis;

import java.util.List;

/// Wilson score interval of a proportion (Wilson 1927). Unlike `p ± z·σ` it stays inside 0..1 and is honest for few rows
/// and for proportions near the ends.
public final class Wilson {

    /// 97.5 % quantile of the standard normal distribution.
    private static final double Z95 = 1.959963984540054;

    private Wilson() {}

    /// `(p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)` with `p = correct / total`.
    ///
    /// @param total at least 1
    /// @return lower and upper end of the 95 % interval, 0..1
    public static List<Double> interval95(int correct, int total) {
        if (total < 1 || correct < 0 || correct > total) {
            throw new IllegalArgumentException(correct + " of " + total + " is not a proportion");
        }
        double n = total;
        double p = correct / n;
        double z2 = Z95 * Z95;
        double center = p + z2 / (2 * n);
        double half = Z95 * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        double scale = 1 + z2 / n;
        return List.of(Math.max(0, (center - half) / scale), Math.min(1, (center + half) / scale));
    }
}
