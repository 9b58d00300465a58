package org.bitdistillery.data.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bitdistillery.data.BadRow;

/// What the columns of a table seem to be for, by names that known data sets have, else by what stands in them.
///
/// @param layout   the data set whose names these are; empty where they are guessed by content
/// @param settings by dotted path of the configuration
public record ColumnGuess(String layout, Map<String, String> settings) {

    private static final int LOOKED_AT = 500;
    private static final int MOST_LABELS = 20;
    private static final double REPEATED = 0.5;

    /// Short words for the labels of language inference; other labels are words themselves.
    private static final Map<String, String> WORDS =
            Map.of("entailment", "yes", "not_entailment", "no", "neutral", "maybe", "contradiction", "no");

    /// A layout that has these names. Label words may be empty: then they are the values themselves.
    private record Layout(String name, List<String> columns, String text, String pair, String label, String labels, String prompt) {}

    private static final List<Layout> LAYOUTS = List.of(
            new Layout("QNLI", List.of("index", "question", "sentence", "label"), "question", "sentence", "label",
                    "entailment=yes,not_entailment=no", "{text}\\n{pair}\\nAnswered:"),
            new Layout("QQP", List.of("question1", "question2", "is_duplicate"), "question1", "question2", "is_duplicate",
                    "0=no,1=yes", "{text}\\n{pair}\\nSame question:"),
            new Layout("MRPC", List.of("Quality", "#1 String", "#2 String"), "#1 String", "#2 String", "Quality",
                    "0=no,1=yes", "{text}\\n{pair}\\nSame meaning:"),
            new Layout("MNLI", List.of("sentence1", "sentence2", "gold_label"), "sentence1", "sentence2", "gold_label",
                    "entailment=yes,neutral=maybe,contradiction=no", "{text}\\n{pair}\\nIt follows:"),
            new Layout("MNLI", List.of("premise", "hypothesis", "label"), "premise", "hypothesis", "label", "",
                    "{text}\\n{pair}\\nIt follows:"),
            new Layout("RTE or WNLI", List.of("sentence1", "sentence2", "label"), "sentence1", "sentence2", "label", "",
                    "{text}\\n{pair}\\nIt follows:"),
            new Layout("SST-2", List.of("sentence", "label"), "sentence", "", "label", "0=negative,1=positive", "{text}\\nSentiment:"),
            new Layout("CNN/DailyMail", List.of("article", "highlights"), "article", "", "highlights", null, "{text}\\nSummary:"),
            new Layout("XSum", List.of("document", "summary"), "document", "", "summary", null, "{text}\\nSummary:"));

    /// @throws org.bitdistillery.config.InvalidInput where the file cannot be read
    public static Optional<ColumnGuess> of(TableFile table) {
        List<List<String>> rows = rows(table, LOOKED_AT);
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        for (Layout layout : LAYOUTS) {
            if (table.columns().containsAll(layout.columns())) {
                return Optional.of(known(layout, values(rows, table.columns().indexOf(layout.label()))));
            }
        }
        boolean cola = !table.header() && table.columns().size() == 4 && values(rows, 1).equals(Set.of("0", "1"))
                && values(rows, 2).stream().allMatch(mark -> mark.isEmpty() || mark.equals("*"));
        return cola
                ? Optional.of(known(new Layout("CoLA", List.of(), "4", "", "2", "0=no,1=yes", "{text}\\nGood grammar:"), Set.of()))
                : byContent(table.columns(), rows);
    }

    private static ColumnGuess known(Layout layout, Set<String> values) {
        boolean answers = layout.labels() == null;
        return new ColumnGuess(layout.name(), settings(
                layout.text(), layout.pair(), layout.label(), answers ? null : layout.labels().isEmpty() ? words(values) : layout.labels(),
                layout.prompt()));
    }

    /// A column with few values that repeat is the label, the longest other one the text.
    private static Optional<ColumnGuess> byContent(List<String> columns, List<List<String>> rows) {
        int label = -1;
        int text = -1;
        double longest = 0;
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            Set<String> values = values(rows, i);
            boolean few = values.size() > 1 && values.size() <= MOST_LABELS && values.size() <= REPEATED * rows.size()
                    && !values.contains("");
            if (few && (label < 0 || columns.get(i).toLowerCase(java.util.Locale.ROOT).contains("label"))) {
                label = i;
            }
            double length = rows.stream().mapToInt(row -> row.get(column).length()).average().orElse(0);
            if (!few && length > longest) {
                longest = length;
                text = i;
            }
        }
        if (text < 0 || label < 0) {
            return Optional.empty();
        }
        return Optional.of(new ColumnGuess("", settings(
                columns.get(text), "", columns.get(label), words(values(rows, label)), "{text}\\nLabel:")));
    }

    private static Map<String, String> settings(String text, String pair, String label, String labels, String prompt) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("task.kind", labels == null ? "generation" : "classification");
        settings.put("task.textColumns", text);
        settings.put("task.pairColumns", pair);
        settings.put(labels == null ? "task.answerColumns" : "task.labelColumn", label);
        if (labels != null) {
            settings.put("task.labels", labels);
        }
        settings.put("task.prompt", prompt.replace("\\n", "\n"));
        return settings;
    }

    private static String words(Set<String> values) {
        return values.stream().map(value -> value + "=" + WORDS.getOrDefault(value, value)).collect(Collectors.joining(","));
    }

    private static Set<String> values(List<List<String>> rows, int column) {
        return rows.stream().map(row -> row.get(column).strip()).collect(Collectors.toCollection(TreeSet::new));
    }

    /// The first good rows of a table.
    public static List<List<String>> rows(TableFile table, int most) {
        List<List<String>> rows = new ArrayList<>();
        try (TableReader reader = table.rows()) {
            boolean more = true;
            for (int tries = 0; more && rows.size() < most && tries < 2 * most; tries++) {
                try {
                    TableRow row = reader.next();
                    more = row != null;
                    if (more) {
                        rows.add(row.cells());
                    }
                } catch (BadRow e) {
                    // Told where the rows are read for good.
                }
            }
        }
        return rows;
    }
}
