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
/// @param sha256     by split (`train`, `dev`, `test`): of the file's bytes, or of rows that are from no file of their own
/// @param notes      sentences on what should be known of the rows: left out, repeated
public record TaskData(
        List<TaskRow> train,
        List<TaskRow> dev,
        List<TaskRow> test,
        List<String> labelWords,
        Map<String, String> sha256,
        List<String> notes) {

    /// Loads the three splits and draws the rows that the task asks for, in the files' order.
    ///
    /// @param seed of the draw, and of the split where dev or test rows are drawn from the training rows
    /// @throws InvalidInput that names file, row and column of what is wrong
    public static TaskData load(Task task, long seed) {
        if (task.source() == DataSource.STARTER) {
            return starter(task, seed);
        }
        List<String> notes = new ArrayList<>();
        Map<String, String> sha256 = new LinkedHashMap<>();
        List<TaskRow> train = rows("train", task.train(), task, sha256, notes);
        List<TaskRow> dev = rows("dev", task.dev(), task, sha256, notes);
        List<TaskRow> test = rows("test", task.test(), task, sha256, notes);
        Splits splits = dev != null && test != null ? new Splits(train, dev, test)
                : Splits.draw(train, dev, test, task.files().devShare(), task.files().testShare(), seed);
        if (task.files().dropRepeated()) {
            int before = splits.train().size();
            splits = splits.withoutRepeated();
            noteRepeated(notes, before - splits.train().size(), "training", "among the dev or test rows too, and left out.");
        } else {
            noteRepeated(notes, splits.inTrain(splits.dev()), "dev", "among the training rows too.");
            noteRepeated(notes, splits.inTrain(splits.test()), "test", "among the training rows too.");
        }
        sha256.putIfAbsent("dev", DataHashes.ofRows(splits.dev()));
        sha256.putIfAbsent("test", DataHashes.ofRows(splits.test()));
        return sampled(splits, task, seed, sha256, notes);
    }

    /// Rows of a file, or null where none is named.
    private static List<TaskRow> rows(String split, String file, Task task, Map<String, String> sha256, List<String> notes) {
        if (file.isBlank() && !split.equals("train")) {
            return null;
        }
        TaskFile read = TaskFile.read(Path.of(file), task);
        sha256.put(split, DataHashes.ofFile(Path.of(file)));
        if (read.badRows() > 0) {
            notes.add("%,d bad %s of %s left out.".formatted(read.badRows(), read.badRows() == 1 ? "row" : "rows", file));
        }
        return read.rows();
    }

    private static void noteRepeated(List<String> notes, int rows, String split, String where) {
        if (rows > 0) {
            notes.add("%,d %s %s %s".formatted(rows, split, rows == 1 ? "row is" : "rows are", where));
        }
    }

    /// The starter's rows do not depend on the experiment's seed: scores of different seeds are scores on the same rows.
    private static TaskData starter(Task task, long seed) {
        List<String> labels = List.copyOf(task.labels().keySet());
        if (!labels.equals(StarterTask.LABELS)) {
            throw new InvalidInput("task.labels has the labels " + String.join(", ", labels) + ", but the starter data has "
                    + String.join(" (negative) and ", StarterTask.LABELS) + " (positive), in this order.");
        }
        StarterTask starter = StarterTask.generate();
        Splits splits = new Splits(starter.train(), starter.dev(), starter.test());
        Map<String, String> sha256 = new LinkedHashMap<>();
        sha256.put("train", DataHashes.ofRows(splits.train()));
        sha256.put("dev", DataHashes.ofRows(splits.dev()));
        sha256.put("test", DataHashes.ofRows(splits.test()));
        return sampled(splits, task, seed, sha256, List.of());
    }

    private static TaskData sampled(Splits splits, Task task, long seed, Map<String, String> sha256, List<String> notes) {
        return new TaskData(
                sample(splits.train(), task.maxTrainRows(), seed), sample(splits.dev(), task.maxEvaluationRows(), seed),
                sample(splits.test(), task.maxEvaluationRows(), seed), List.copyOf(task.labels().values()), sha256, List.copyOf(notes));
    }

    /// How many rows ask what one of the others asks.
    public static long amongOthers(List<TaskRow> rows, List<TaskRow> others) {
        return new Splits(others, List.of(), List.of()).inTrain(rows);
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
