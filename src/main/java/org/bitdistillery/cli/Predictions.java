package org.bitdistillery.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.analysis.Wilson;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.TaskRow;
import org.bitdistillery.pipeline.TaskClassifier.Answer;

/// The answers to a file's rows: tab-separated lines that can be read again as rows, and what they add up to.
final class Predictions {

    private final List<String> labels;
    private final List<String> words;
    private final boolean pairs;
    private final boolean labeled;
    private final List<String> answers = new ArrayList<>();
    private int asked;
    private int right;
    private long tokens;
    private double seconds;

    Predictions(Task task, List<TaskRow> rows) {
        labels = List.copyOf(task.labels().keySet());
        words = List.copyOf(task.labels().values());
        pairs = !task.pairColumns().isEmpty();
        labeled = rows.stream().anyMatch(row -> row.label() != TaskRow.NO_LABEL);
    }

    /// What a file was answered with.
    ///
    /// @param badRows            left out, as the task allows
    /// @param labeledRows        rows that accuracy is a share of; without any, it and its interval are null
    /// @param promptTokens       mean of the rows
    /// @param sentencesPerSecond loading left out
    /// @param predictions        labels in the rows' order; null where they went to a file
    /// @param file               where the answers stand, or null
    record Summary(
            int rows, int badRows, int labeledRows, Double accuracy, List<Double> ci95, double promptTokens, double sentencesPerSecond,
            List<String> predictions, String file) {}

    String header() {
        return line("text", "pair", "label", "prediction", words);
    }

    /// One more row's answer as a line.
    String line(TaskRow row, Answer answer) {
        boolean known = row.label() != TaskRow.NO_LABEL;
        String label = known ? labels.get(row.label()) : "";
        answers.add(answer.label());
        asked += known ? 1 : 0;
        right += known && label.equals(answer.label()) ? 1 : 0;
        tokens += answer.promptTokens();
        seconds += answer.seconds();
        return line(row.text(), row.pair(), label, answer.label(), words.stream()
                .map(word -> String.format(Locale.ROOT, "%.6f", answer.probabilities().get(word))).toList());
    }

    private String line(String text, String pair, String label, String prediction, List<String> shares) {
        List<String> cells = new ArrayList<>(List.of(text));
        if (pairs) {
            cells.add(pair);
        }
        if (labeled) {
            cells.add(label);
        }
        cells.add(prediction);
        cells.addAll(shares);
        return String.join("\t", cells.stream().map(cell -> cell.replaceAll("[\t\r\n]+", " ")).toList());
    }

    /// @param target the file with the lines, or null
    Summary summary(int badRows, Path target) {
        return new Summary(
                answers.size(), badRows, asked, accuracy(), asked == 0 ? null : Wilson.interval95(right, asked),
                (double) tokens / answers.size(), answers.size() / seconds,
                target == null ? answers : null, target == null ? null : target.toString());
    }

    private Double accuracy() {
        return asked == 0 ? null : (double) right / asked;
    }

    /// The same for people.
    String text(int badRows) {
        String speed = Units.count(answers.size()) + " rows at " + Units.rate(answers.size() / seconds) + " a second";
        String bad = badRows == 0 ? "" : ", " + Units.count(badRows) + " bad rows left out";
        if (asked == 0) {
            return speed + bad + ".";
        }
        List<Double> interval = Wilson.interval95(right, asked);
        return speed + ", " + Units.percent(accuracy()) + " right of " + Units.count(asked) + " with a label (95 % interval "
                + Units.percent(interval.get(0)) + " to " + Units.percent(interval.get(1)) + ")" + bad + ".";
    }
}
