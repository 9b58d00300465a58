package org.bitdistillery.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;

/// The rows of a task.
///
/// @param labelWords words that the model answers, by label index
/// @param sha256     by split (`train`, `dev`, `test`): of the file's bytes, or of the starter's rows before sampling
public record TaskData(
        List<TaskRow> train,
        List<TaskRow> dev,
        List<TaskRow> test,
        List<String> labelWords,
        Map<String, String> sha256) {

    /// Loads the three splits and draws the rows that the task asks for, in the files' order.
    ///
    /// @param seed of the draw
    /// @throws InvalidInput that names file, line and column of what is wrong
    public static TaskData load(Task task, long seed) {
        List<String> words = List.copyOf(task.labels().values());
        if (task.source() == DataSource.STARTER) {
            return starter(task, words, seed);
        }
        TsvFile train = TsvFile.read(Path.of(task.train()), task);
        TsvFile dev = TsvFile.read(Path.of(task.dev()), task);
        TsvFile test = TsvFile.read(Path.of(task.test()), task);
        return sampled(train, dev, test, words, task, seed);
    }

    /// The starter's rows do not depend on the experiment's seed: scores of different seeds are scores on the same rows.
    private static TaskData starter(Task task, List<String> words, long seed) {
        List<String> labels = List.copyOf(task.labels().keySet());
        if (!labels.equals(StarterTask.LABELS)) {
            throw new InvalidInput("task.labels has the labels " + String.join(", ", labels) + ", but the starter data has "
                    + String.join(" (negative) and ", StarterTask.LABELS) + " (positive), in this order.");
        }
        StarterTask starter = StarterTask.generate();
        return sampled(split(starter.train()), split(starter.dev()), split(starter.test()), words, task, seed);
    }

    private static TsvFile split(List<TaskRow> rows) {
        return new TsvFile(rows, DataHashes.ofRows(rows));
    }

    private static TaskData sampled(TsvFile train, TsvFile dev, TsvFile test, List<String> words, Task task, long seed) {
        Map<String, String> sha256 = new LinkedHashMap<>();
        sha256.put("train", train.sha256());
        sha256.put("dev", dev.sha256());
        sha256.put("test", test.sha256());
        return new TaskData(
                sample(train.rows(), task.maxTrainRows(), seed),
                sample(dev.rows(), task.maxEvaluationRows(), seed),
                sample(test.rows(), task.maxEvaluationRows(), seed),
                words, sha256);
    }

    private static List<TaskRow> sample(List<TaskRow> rows, int most, long seed) {
        if (most == 0 || most >= rows.size()) {
            return List.copyOf(rows);
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(seed));
        return order.subList(0, most).stream().sorted().map(rows::get).toList();
    }
}
