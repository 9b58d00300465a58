package org.bitdistillery.analysis;

/// Points of a curve at one moment; the arrays have equal length and are not changed by anyone.
///
/// @param x ascending
public record Points(double[] x, double[] y) {

    public static final Points NONE = new Points(new double[0], new double[0]);

    public Points {
        if (x.length != y.length) {
            throw new IllegalArgumentException(x.length + " x, but " + y.length + " y");
        }
    }

    public int size() {
        return x.length;
    }

    public boolean isEmpty() {
        return x.length == 0;
    }

    /// Index of the point whose x is nearest, or -1 where there is none.
    public int nearest(double at) {
        if (x.length == 0) {
            return -1;
        }
        int low = 0;
        int high = x.length - 1;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (x[middle] <= at) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.abs(x[low] - at) <= Math.abs(x[high] - at) ? low : high;
    }
}
