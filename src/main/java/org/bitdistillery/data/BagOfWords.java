package org.bitdistillery.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What counting words gives: multinomial logistic regression on the counts of single words, lower-cased.
///
/// A task that this solves shows nothing about language models.
public final class BagOfWords {

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
    /// Stands before the words of a pair's second text; no word has it.
    private static final String SECOND = "2:";
    private static final double L2 = 1e-3;
    private static final int MOST_STEPS = 2_000;
    private static final double TOLERANCE = 1e-5;

    private final Map<String, Integer> vocabulary;
    private final int labels;
    /// [words + 1, labels], row by row; the last row is the bias.
    private final double[] weights;

    private BagOfWords(Map<String, Integer> vocabulary, int labels, double[] weights) {
        this.vocabulary = vocabulary;
        this.labels = labels;
        this.weights = weights;
    }

    /// Minimizes mean cross-entropy + L2/2·|w|² from zero weights by accelerated gradient descent (Nesterov 1983, restarted
    /// as in O'Donoghue and Candès 2015) until the gradient vanishes. The same rows give the same weights.
    ///
    /// @param rows   at least one
    /// @param labels how many labels there are
    public static BagOfWords train(List<TaskRow> rows, int labels) {
        Map<String, Integer> vocabulary = new HashMap<>();
        rows.forEach(row -> words(row).forEach(word -> vocabulary.putIfAbsent(word, vocabulary.size())));
        BagOfWords model = new BagOfWords(vocabulary, labels, new double[(vocabulary.size() + 1) * labels]);
        int[][] features = rows.stream().map(row -> model.features(row)).toArray(int[][]::new);
        int[] targets = rows.stream().mapToInt(TaskRow::label).toArray();
        model.fit(features, targets);
        return model;
    }

    /// Share of rows whose label is predicted.
    public double accuracy(List<TaskRow> rows) {
        return correct(rows) / (double) rows.size();
    }

    /// Rows whose label is predicted.
    public int correct(List<TaskRow> rows) {
        return (int) rows.stream().filter(row -> predict(row) == row.label()).count();
    }

    /// Mean cross-entropy of the rows' labels, in nats.
    public double loss(List<TaskRow> rows) {
        return rows.stream().mapToDouble(this::loss).average().orElseThrow();
    }

    private double loss(TaskRow row) {
        double[] scores = scores(features(row), weights);
        double largest = Arrays.stream(scores).max().orElseThrow();
        double logSum = largest + Math.log(Arrays.stream(scores).map(score -> Math.exp(score - largest)).sum());
        return logSum - scores[row.label()];
    }

    /// The likeliest label; words that training did not see do not count.
    public int predict(TaskRow row) {
        double[] scores = scores(features(row), weights);
        int best = 0;
        for (int label = 1; label < labels; label++) {
            best = scores[label] > scores[best] ? label : best;
        }
        return best;
    }

    private void fit(int[][] features, int[] targets) {
        double step = 1 / (0.5 * largestEigenvalue(features) + L2);
        double[] ahead = weights.clone();
        double[] before = weights.clone();
        double momentum = 1;
        for (int i = 0; i < MOST_STEPS; i++) {
            double[] gradient = gradient(features, targets, ahead);
            if (Arrays.stream(gradient).map(Math::abs).max().orElse(0) < TOLERANCE) {
                break;
            }
            double progress = 0;
            for (int j = 0; j < weights.length; j++) {
                weights[j] = ahead[j] - step * gradient[j];
                progress += gradient[j] * (weights[j] - before[j]);
            }
            double next = progress > 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
            double carry = progress > 0 ? 0 : (momentum - 1) / next;
            for (int j = 0; j < weights.length; j++) {
                ahead[j] = weights[j] + carry * (weights[j] - before[j]);
                before[j] = weights[j];
            }
            momentum = next;
        }
    }

    private double[] gradient(int[][] features, int[] targets, double[] at) {
        double[] gradient = new double[at.length];
        for (int row = 0; row < features.length; row++) {
            double[] error = scores(features[row], at);
            softmax(error);
            error[targets[row]] -= 1;
            for (int feature : features[row]) {
                for (int label = 0; label < labels; label++) {
                    gradient[feature * labels + label] += error[label] / features.length;
                }
            }
        }
        int bias = vocabulary.size() * labels;
        for (int j = 0; j < bias; j++) {
            gradient[j] += L2 * at[j];
        }
        return gradient;
    }

    /// Largest eigenvalue of X^T·X / rows by power iteration, rounded up: half of it bounds the loss's curvature.
    private double largestEigenvalue(int[][] features) {
        double[] vector = new double[vocabulary.size() + 1];
        Arrays.fill(vector, 1);
        double norm = 1;
        for (int i = 0; i < 20; i++) {
            double[] next = new double[vector.length];
            for (int[] row : features) {
                double dot = dot(row, vector);
                for (int feature : row) {
                    next[feature] += dot / features.length;
                }
            }
            norm = Math.sqrt(Arrays.stream(next).map(x -> x * x).sum());
            for (int j = 0; j < next.length; j++) {
                vector[j] = next[j] / norm;
            }
        }
        return 1.05 * norm;
    }

    private static double dot(int[] row, double[] vector) {
        double sum = 0;
        for (int feature : row) {
            sum += vector[feature];
        }
        return sum;
    }

    private double[] scores(int[] features, double[] at) {
        double[] scores = new double[labels];
        for (int feature : features) {
            for (int label = 0; label < labels; label++) {
                scores[label] += at[feature * labels + label];
            }
        }
        return scores;
    }

    private static void softmax(double[] scores) {
        double max = Arrays.stream(scores).max().orElseThrow();
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.exp(scores[i] - max);
            sum += scores[i];
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= sum;
        }
    }

    /// Rows of the weights that a row adds up: one for each known word, as often as it occurs, and the bias.
    private int[] features(TaskRow row) {
        List<Integer> features = new ArrayList<>();
        for (String word : words(row)) {
            Integer known = vocabulary.get(word);
            if (known != null) {
                features.add(known);
            }
        }
        features.add(vocabulary.size());
        return features.stream().mapToInt(Integer::intValue).toArray();
    }

    /// A pair's second text counts apart from the first: what one says and the other denies has the same words.
    private static List<String> words(TaskRow row) {
        List<String> words = words(row.text());
        words(row.pair()).forEach(word -> words.add(SECOND + word));
        return words;
    }

    private static List<String> words(String text) {
        Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
        List<String> words = new ArrayList<>();
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }
}
