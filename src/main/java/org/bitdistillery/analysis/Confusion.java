package org.bitdistillery.analysis;

/// Counts of true against predicted labels, and what is computed of them.
public final class Confusion {

    private final long[][] counts;

    /// @param labels number of labels
    public Confusion(int labels) {
        counts = new long[labels][labels];
    }

    public void add(int label, int predicted) {
        counts[label][predicted]++;
    }

    /// Mean over the labels of the harmonic mean of precision and recall; a label that neither occurs nor is predicted counts 0.
    public double macroF1() {
        double sum = 0;
        for (int label = 0; label < counts.length; label++) {
            long occurred = occurred(label);
            long predicted = predicted(label);
            sum += occurred + predicted == 0 ? 0 : 2.0 * counts[label][label] / (occurred + predicted);
        }
        return sum / counts.length;
    }

    /// Matthews correlation coefficient, for several labels Gorodkin's R_K (2004): covariance of truth and prediction over the
    /// root of the product of their variances; 0 where one of them is constant.
    public double matthews() {
        double correct = 0;
        double rows = 0;
        double products = 0;
        double occurredSquares = 0;
        double predictedSquares = 0;
        for (int label = 0; label < counts.length; label++) {
            double occurred = occurred(label);
            double predicted = predicted(label);
            correct += counts[label][label];
            rows += occurred;
            products += occurred * predicted;
            occurredSquares += occurred * occurred;
            predictedSquares += predicted * predicted;
        }
        double variance = Math.sqrt((rows * rows - predictedSquares) * (rows * rows - occurredSquares));
        return variance > 0 ? (correct * rows - products) / variance : 0;
    }

    private long occurred(int label) {
        long sum = 0;
        for (long count : counts[label]) {
            sum += count;
        }
        return sum;
    }

    private long predicted(int label) {
        long sum = 0;
        for (long[] row : counts) {
            sum += row[label];
        }
        return sum;
    }
}
