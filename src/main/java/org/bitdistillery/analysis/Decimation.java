package org.bitdistillery.analysis;

import java.util.Arrays;

/// Fewer points that draw the same picture.
public final class Decimation {

    private Decimation() {}

    /// Keeps first, lowest, highest and last point of each of `columns` equal slices of the x range: drawn `columns`
    /// pixels wide, the curve covers the same pixels, and no spike is lost (M4, Jugel et al. 2014).
    ///
    /// @return at most `4·columns` points; the given ones where there are no more than that
    public static Points perColumn(Points points, int columns) {
        int n = points.size();
        if (columns < 1 || n <= 4 * columns) {
            return points;
        }
        double[] x = points.x();
        double[] y = points.y();
        int[] kept = new int[4 * columns];
        int count = 0;
        double span = x[n - 1] - x[0];
        int from = 0;
        for (int column = 0; column < columns && from < n; column++) {
            double end = x[0] + span * (column + 1) / columns;
            int to = from;
            int low = from;
            int high = from;
            while (to < n && (x[to] < end || column == columns - 1)) {
                low = !(y[to] >= y[low]) ? to : low;
                high = !(y[to] <= y[high]) ? to : high;
                to++;
            }
            if (to > from) {
                count = append(kept, count, from, Math.min(low, high), Math.max(low, high), to - 1);
            }
            from = to;
        }
        return pick(points, Arrays.copyOf(kept, count));
    }

    private static int append(int[] kept, int count, int... indices) {
        int last = count == 0 ? -1 : kept[count - 1];
        int next = count;
        for (int index : indices) {
            if (index > last) {
                kept[next++] = index;
                last = index;
            }
        }
        return next;
    }

    private static Points pick(Points points, int[] indices) {
        double[] x = new double[indices.length];
        double[] y = new double[indices.length];
        for (int i = 0; i < indices.length; i++) {
            x[i] = points.x()[indices[i]];
            y[i] = points.y()[indices[i]];
        }
        return new Points(x, y);
    }
}
