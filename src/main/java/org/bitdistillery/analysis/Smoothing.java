package org.bitdistillery.analysis;

/// Curves made calm enough to read.
public final class Smoothing {

    private Smoothing() {}

    /// Exponential moving average without start-up bias: `m = w·m + (1-w)·y`, shown as `m / (1 - w^n)` (the correction
    /// of Adam, Kingma and Ba 2015). Values that are not finite are left out of the average and passed on.
    ///
    /// @param weight 0 leaves the curve as it is; towards 1 it gets smoother
    public static Points exponential(Points points, double weight) {
        if (weight < 0 || weight >= 1) {
            throw new IllegalArgumentException("weight " + weight + " is not in 0..1");
        }
        double[] smooth = new double[points.size()];
        double mean = 0;
        double bias = 1;
        for (int i = 0; i < smooth.length; i++) {
            double y = points.y()[i];
            if (!Double.isFinite(y)) {
                smooth[i] = y;
                continue;
            }
            mean = weight * mean + (1 - weight) * y;
            bias *= weight;
            smooth[i] = mean / (1 - bias);
        }
        return new Points(points.x(), smooth);
    }
}
