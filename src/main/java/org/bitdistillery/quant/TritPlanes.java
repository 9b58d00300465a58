package org.bitdistillery.quant;

import java.util.stream.IntStream;

/// PTQTP (arXiv 2509.16989): a matrix as the sum of two ternary planes, `w ≈ a₁·t₁ + a₂·t₂`, group by group of consecutive
/// weights of a row. Ridge regression for the two scales and a search over the nine combinations for each weight take
/// turns until no code changes.
public final class TritPlanes {

    public static final int GROUP = 128;

    private static final int MOST_ITERATIONS = 50;
    private static final double RIDGE = 1e-8;

    private TritPlanes() {}

    /// @param weights [rows, columns]
    /// @return the approximation, [rows, columns]
    public static float[] approximate(float[] weights, int columns) {
        float[] approximated = new float[weights.length];
        IntStream.range(0, weights.length / columns).parallel().forEach(row -> {
            for (int start = 0; start < columns; start += GROUP) {
                int size = Math.min(GROUP, columns - start);
                Group group = new Group(weights, row * columns + start, size);
                group.converge(MOST_ITERATIONS);
                group.writeTo(approximated, row * columns + start);
            }
        });
        return approximated;
    }

    /// Some consecutive weights with their planes.
    static final class Group {
        private final double[] w;
        private final int[] first;
        private final int[] second;
        private double a1;
        private double a2;

        /// Begins with the absmean plane, and that of what it leaves over.
        Group(float[] weights, int from, int size) {
            w = new double[size];
            first = new int[size];
            second = new int[size];
            double sum = 0;
            for (int i = 0; i < size; i++) {
                w[i] = weights[from + i];
                sum += Math.abs(w[i]);
            }
            a1 = sum / size;
            double rest = 0;
            for (int i = 0; i < size; i++) {
                first[i] = round(w[i], a1);
                rest += Math.abs(w[i] - a1 * first[i]);
            }
            a2 = rest / size;
            for (int i = 0; i < size; i++) {
                second[i] = round(w[i] - a1 * first[i], a2);
            }
        }

        private static int round(double value, double scale) {
            return scale > 0 ? (int) Math.clamp(Math.rint(value / scale), -1, 1) : 0;
        }

        void converge(int iterations) {
            fitScales();
            for (int i = 0; i < iterations && searchCodes(); i++) {
                fitScales();
            }
        }

        /// The scales of least squared error for the planes as they are.
        void fitScales() {
            double s11 = RIDGE;
            double s22 = RIDGE;
            double s12 = 0;
            double r1 = 0;
            double r2 = 0;
            for (int i = 0; i < w.length; i++) {
                s11 += first[i] * first[i];
                s22 += second[i] * second[i];
                s12 += first[i] * second[i];
                r1 += first[i] * w[i];
                r2 += second[i] * w[i];
            }
            double determinant = s11 * s22 - s12 * s12;
            if (determinant > RIDGE) {
                a1 = (r1 * s22 - r2 * s12) / determinant;
                a2 = (r2 * s11 - r1 * s12) / determinant;
            } else {
                // Equal or opposite planes: one scale says it all.
                a1 = r1 / s11;
                a2 = 0;
            }
        }

        /// The best of the nine combinations for every weight.
        ///
        /// @return whether a code changed
        boolean searchCodes() {
            boolean changed = false;
            for (int i = 0; i < w.length; i++) {
                double least = square(w[i] - a1 * first[i] - a2 * second[i]);
                int best1 = first[i];
                int best2 = second[i];
                for (int t1 = -1; t1 <= 1; t1++) {
                    for (int t2 = -1; t2 <= 1; t2++) {
                        double error = square(w[i] - a1 * t1 - a2 * t2);
                        if (error < least) {
                            least = error;
                            best1 = t1;
                            best2 = t2;
                        }
                    }
                }
                changed |= best1 != first[i] || best2 != second[i];
                first[i] = best1;
                second[i] = best2;
            }
            return changed;
        }

        /// Squared error of the approximation.
        double error() {
            double sum = 0;
            for (int i = 0; i < w.length; i++) {
                sum += square(w[i] - a1 * first[i] - a2 * second[i]);
            }
            return sum;
        }

        private static double square(double x) {
            return x * x;
        }

        void writeTo(float[] target, int from) {
            for (int i = 0; i < w.length; i++) {
                target[from + i] = (float) (a1 * first[i] + a2 * second[i]);
            }
        }
    }
}
