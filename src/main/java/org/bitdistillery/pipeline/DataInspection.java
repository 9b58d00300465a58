package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.Corpus;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.CorpusFiles;
import org.bitdistillery.data.CorpusText;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.data.TaskFile;
import org.bitdistillery.data.TaskRow;
import org.bitdistillery.data.table.ColumnGuess;
import org.bitdistillery.data.table.TableFile;
import org.bitdistillery.event.DataReport;

/// Looks at an experiment's data as a person would before a run: columns, rows, labels, lengths, prompts. Nothing that is
/// wrong stops it: it says so and shows the rest.
final class DataInspection {

    private static final int PREVIEW_ROWS = 20;
    private static final int PREVIEW_CHARACTERS = 400;

    private final Experiment experiment;
    private final Task task;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, TaskFile> files = new LinkedHashMap<>();

    private DataInspection(Experiment experiment) {
        this.experiment = experiment;
        this.task = experiment.task();
    }

    /// @param experiment whose models are named by their folders
    static DataReport of(Experiment experiment) {
        return new DataInspection(experiment).report();
    }

    private DataReport report() {
        DataReport.Mapping mapping = null;
        if (task.source() == DataSource.FILES) {
            mapping = mapping();
            readFile("train", task.train());
            readFile("dev", task.dev());
            readFile("test", task.test());
        }
        TaskData data = problems.isEmpty() ? rows() : null;
        try (TokenFacts tokens = TokenFacts.of(experiment, problems)) {
            List<DataReport.Split> splits = new ArrayList<>();
            for (String name : List.of("train", "dev", "test")) {
                List<TaskRow> rows = data != null ? part(data, name) : files.containsKey(name) ? files.get(name).rows() : List.of();
                if (files.containsKey(name) || !rows.isEmpty()) {
                    splits.add(split(name, rows, tokens));
                }
            }
            List<DataReport.Prompt> prompts = splits.isEmpty() ? List.of()
                    : tokens.prompts(data != null ? data.train() : files.values().iterator().next().rows());
            return new DataReport(splits, prompts, mapping, corpora(), List.copyOf(problems), data == null ? List.of() : data.notes(),
                    tokens.name());
        }
    }

    private DataReport.Mapping mapping() {
        try {
            TableFile table = TableFile.of(Path.of(task.train()), task.files().format(), task.files().header());
            return ColumnGuess.of(table).map(guess -> new DataReport.Mapping(guess.layout(), guess.settings())).orElse(null);
        } catch (InvalidInput e) {
            return null;
        }
    }

    private void readFile(String split, String file) {
        if (!file.isBlank()) {
            try {
                files.put(split, TaskFile.leniently(Path.of(file), task));
            } catch (InvalidInput e) {
                problems.add(e.getMessage());
            }
        }
    }

    private TaskData rows() {
        try {
            return TaskData.load(task, experiment.seed());
        } catch (InvalidInput e) {
            problems.add(e.getMessage());
            return null;
        }
    }

    private static List<TaskRow> part(TaskData data, String split) {
        return switch (split) {
            case "train" -> data.train();
            case "dev" -> data.dev();
            default -> data.test();
        };
    }

    private DataReport.Split split(String name, List<TaskRow> rows, TokenFacts tokens) {
        TaskFile file = files.get(name);
        Map<String, Long> labels = new LinkedHashMap<>();
        if (task.kind() == Task.Kind.CLASSIFICATION) {
            List<String> words = List.copyOf(task.labels().values());
            words.forEach(word -> labels.put(word, 0L));
            rows.forEach(row -> labels.merge(words.get(row.label()), 1L, Long::sum));
        }
        List<TaskRow> train = files.containsKey("train") ? files.get("train").rows() : List.of();
        long repeated = rows.size() - rows.stream().map(TaskRow::question).distinct().count();
        long inTrain = name.equals("train") || file == null ? 0 : TaskData.amongOthers(rows, train);
        DataReport.TokenLengths lengths = tokens.lengths(rows);
        if (file == null) {
            return new DataReport.Split(name, "", "", false, "", List.of(), preview(rows), rows.size(), 0, List.of(), labels, repeated,
                    inTrain, lengths);
        }
        TableFile table = file.table();
        return new DataReport.Split(
                name, table.file().toString(), table.format().name().toLowerCase(java.util.Locale.ROOT), table.header(), table.reason(),
                table.columns(), preview(table), rows.size(), file.badRows(), file.problems(), labels, repeated, inTrain, lengths);
    }

    private static List<List<String>> preview(TableFile table) {
        return ColumnGuess.rows(table, PREVIEW_ROWS).stream().map(row -> row.stream().map(DataInspection::shortened).toList()).toList();
    }

    /// Rows that are in no file of their own: text, pair and what is to be answered.
    private List<List<String>> preview(List<TaskRow> rows) {
        List<String> words = List.copyOf(task.labels().values());
        return rows.stream().limit(PREVIEW_ROWS).map(row -> List.of(shortened(row.text()), shortened(row.pair()),
                row.label() == TaskRow.NO_LABEL ? shortened(row.reference()) : words.get(row.label()))).toList();
    }

    private static String shortened(String text) {
        return text.length() <= PREVIEW_CHARACTERS ? text : text.substring(0, PREVIEW_CHARACTERS) + " …";
    }

    private List<DataReport.CorpusFacts> corpora() {
        List<DataReport.CorpusFacts> facts = new ArrayList<>();
        if (experiment.teacher().tokens() > 0) {
            add("teacher", experiment.teacher().corpus(), facts);
        }
        if (experiment.pretrain().enabled()) {
            add("pretrain", experiment.pretrain().corpus(), facts);
        }
        return facts;
    }

    private void add(String stage, Corpus corpus, List<DataReport.CorpusFacts> facts) {
        try {
            List<Path> named = corpus.source() == DataSource.FILES ? CorpusFiles.of(corpus.files()) : List.of();
            long bytes = named.stream().mapToLong(file -> file.toFile().length()).sum();
            facts.add(new DataReport.CorpusFacts(
                    stage, named.stream().map(Path::toString).toList(), bytes, -1, shortened(CorpusText.first(corpus))));
        } catch (InvalidInput e) {
            problems.add(stage + ".corpus: " + e.getMessage());
        }
    }
}
