package org.bitdistillery.analysis;

import java.util.Arrays;

/// A curve: values over ascending steps. It holds at most `capacity` points; when full, every second point is dropped and
/// from then on only every second (fourth, ...) one is kept. The newest is always there.
///
/// Not safe for use by several threads; [#points] hands out a copy that is.
public final class Series {

    private static final int DEFAULT_CAPACITY = 1 << 15;

    private final int capacity;
    private double[] steps = new double[64];
    private double[] values = new double[64];
    private int size;
    private long stride = 1;
    private long seen;
    private double newestStep = Double.NEGATIVE_INFINITY;
    private double newestValue = Double.NaN;

    public Series() {
        this(DEFAULT_CAPACITY);
    }

    /// @param capacity even, at least 64
    public Series(int capacity) {
        this.capacity = capacity;
    }

    /// A step that is not beyond the newest replaces everything from there on: a resumed run repeats the steps that were
    /// not yet saved.
    public void add(double step, double value) {
        if (step <= newestStep) {
            cutFrom(step);
        }
        newestStep = step;
        newestValue = value;
        if (seen++ % stride == 0) {
            keep(step, value);
        }
    }

    /// Forgets the points at `step` and beyond.
    public void cutFrom(double step) {
        while (size > 0 && steps[size - 1] >= step) {
            size--;
        }
        if (newestStep >= step) {
            newestStep = size == 0 ? Double.NEGATIVE_INFINITY : steps[size - 1];
            newestValue = size == 0 ? Double.NaN : values[size - 1];
        }
    }

    public boolean isEmpty() {
        return size == 0 && newestStep == Double.NEGATIVE_INFINITY;
    }

    /// The newest value, or NaN.
    public double last() {
        return newestValue;
    }

    public Points points() {
        boolean newestKept = size == 0 ? isEmpty() : steps[size - 1] >= newestStep;
        int n = newestKept ? size : size + 1;
        double[] x = Arrays.copyOf(steps, n);
        double[] y = Arrays.copyOf(values, n);
        if (!newestKept) {
            x[n - 1] = newestStep;
            y[n - 1] = newestValue;
        }
        return new Points(x, y);
    }

    private void keep(double step, double value) {
        if (size == capacity) {
            halve();
        }
        if (size == steps.length) {
            steps = Arrays.copyOf(steps, Math.min(capacity, 2 * size));
            values = Arrays.copyOf(values, Math.min(capacity, 2 * size));
        }
        steps[size] = step;
        values[size] = value;
        size++;
    }

    private void halve() {
        for (int i = 0; i < size / 2; i++) {
            steps[i] = steps[2 * i];
            values[i] = values[2 * i];
        }
        size /= 2;
        stride *= 2;
    }
}
