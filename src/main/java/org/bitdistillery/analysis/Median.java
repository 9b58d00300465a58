package org.bitdistillery.analysis;

import java.util.Arrays;
import java.util.Collection;

/// The middle of some numbers; of an even count, the mean of the two in the middle.
public final class Median {

    private Median() {}

    /// @param values at least one; left as they are
    public static double of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public static double of(Collection<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
