package org.bitdistillery.quant;

import java.util.stream.IntStream;

/// Cholesky factorization of symmetric positive definite matrices, row-major, in double precision.
final class Cholesky {

    private Cholesky() {}

    /// Lower L with `a = L·Lᵀ`.
    ///
    /// @throws ArithmeticException where `a` is not positive definite
    static double[] factor(double[] a, int n) {
        double[] lower = new double[n * n];
        for (int j = 0; j < n; j++) {
            double diagonal = a[j * n + j] - dot(lower, j * n, lower, j * n, j);
            if (!(diagonal > 0)) {
                throw new ArithmeticException("The matrix is not positive definite at row " + j + ".");
            }
            double root = Math.sqrt(diagonal);
            lower[j * n + j] = root;
            int column = j;
            IntStream rows = IntStream.range(j + 1, n);
            (n > 256 ? rows.parallel() : rows).forEach(i ->
                    lower[i * n + column] = (a[i * n + column] - dot(lower, i * n, lower, column * n, column)) / root);
        }
        return lower;
    }

    /// `a⁻¹`, by solving for each unit vector.
    static double[] inverse(double[] a, int n) {
        double[] lower = factor(a, n);
        double[] upper = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                upper[j * n + i] = lower[i * n + j];
            }
        }
        double[] inverse = new double[n * n];
        IntStream.range(0, n).parallel().forEach(column -> {
            double[] x = new double[n];
            for (int i = column; i < n; i++) {
                double right = (i == column ? 1 : 0) - dot(lower, i * n, x, 0, i);
                x[i] = right / lower[i * n + i];
            }
            for (int i = n - 1; i >= 0; i--) {
                double sum = x[i];
                for (int k = i + 1; k < n; k++) {
                    sum -= upper[i * n + k] * x[k];
                }
                x[i] = sum / upper[i * n + i];
            }
            for (int i = 0; i < n; i++) {
                inverse[i * n + column] = x[i];
            }
        });
        return inverse;
    }

    private static double dot(double[] a, int fromA, double[] b, int fromB, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += a[fromA + i] * b[fromB + i];
        }
        return sum;
    }
}
