package org.bitdistillery.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.DataReport;

/// A [DataReport] for a terminal.
final class DataText {

    private static final int PREVIEW_ROWS = 3;
    private static final int CELL = 48;
    private static final int BAR = 40;

    private final StringBuilder text = new StringBuilder();

    private DataText() {}

    static String of(DataReport report) {
        DataText data = new DataText();
        report.splits().forEach(data::split);
        if (report.mapping() != null) {
            data.mapping(report.mapping());
        }
        report.prompts().forEach(data::prompt);
        report.corpora().forEach(data::corpus);
        report.notes().forEach(note -> data.line("Note: " + note));
        report.problems().forEach(problem -> data.line("Problem: " + problem));
        return data.text.toString();
    }

    private void split(DataReport.Split split) {
        line("%s  %s rows%s".formatted(split.name(), Units.count(split.rows()),
                split.file().isEmpty() ? "" : ", " + split.format() + " " + split.file()));
        if (!split.reason().isEmpty()) {
            line("  %s: %s".formatted(split.header() ? "header" : "no header", split.reason()));
        }
        table(split.columns(), split.preview());
        if (!split.labels().isEmpty()) {
            line("  labels   " + split.labels().entrySet().stream()
                    .map(label -> label.getKey() + " " + Units.count(label.getValue())
                            + " (" + Units.percent(label.getValue() / (double) Math.max(1, split.rows())) + ")")
                    .collect(Collectors.joining(", ")));
        }
        if (split.repeated() + split.inTrain() > 0) {
            line("  repeated " + Units.count(split.repeated()) + " within, " + Units.count(split.inTrain()) + " among the training rows");
        }
        if (split.badRows() > 0) {
            line("  bad      " + Units.count(split.badRows()));
            split.problems().stream().limit(PREVIEW_ROWS).forEach(problem -> line("    " + problem));
        }
        if (split.lengths() != null) {
            lengths(split.lengths());
        }
        line("");
    }

    private void table(List<String> columns, List<List<String>> rows) {
        TextTable table = TextTable.ofTexts(columns.stream().map(DataText::cell).toArray(String[]::new));
        rows.stream().limit(PREVIEW_ROWS).forEach(row -> table.row(row.stream().map(DataText::cell).toArray(String[]::new)));
        table.text().lines().filter(line -> !line.isBlank()).forEach(line -> line("  | " + line));
    }

    private static String cell(String text) {
        String flat = text.replaceAll("\\s+", " ").strip();
        return flat.length() <= CELL ? flat : flat.substring(0, CELL - 1) + "…";
    }

    private void lengths(DataReport.TokenLengths lengths) {
        line("  tokens   mean %.0f, longest %,d, limit %,d: %,d of %,d measured rows are longer".formatted(
                lengths.mean(), lengths.longest(), lengths.limit(), lengths.tooLong(), lengths.sampled()));
        int most = lengths.bins().stream().mapToInt(Integer::intValue).max().orElse(1);
        for (int i = 0; i < lengths.bins().size(); i++) {
            int rows = lengths.bins().get(i);
            if (rows > 0) {
                line("  %7d  %s %,d".formatted(i * lengths.binWidth(), "█".repeat(Math.max(1, rows * BAR / most)), rows));
            }
        }
    }

    private void mapping(DataReport.Mapping mapping) {
        line((mapping.layout().isEmpty() ? "The columns seem to be:" : "The columns are those of " + mapping.layout() + ":"));
        for (Map.Entry<String, String> setting : mapping.settings().entrySet()) {
            line("  --set '%s=%s'".formatted(setting.getKey(), setting.getValue().replace("\n", "\\n")));
        }
        line("");
    }

    private void prompt(DataReport.Prompt prompt) {
        line("Prompt of %,d tokens%s; the answer stands between ⟦ and ⟧:".formatted(
                prompt.tokens(), prompt.cut() > 0 ? ", " + Units.count(prompt.cut()) + " more did not fit" : ""));
        (prompt.prompt() + "⟦" + prompt.answer() + "⟧").lines().forEach(line -> line("  " + line));
        line("");
    }

    private void corpus(DataReport.CorpusFacts corpus) {
        line("Corpus of %s: %s".formatted(corpus.stage(), corpus.files().isEmpty() ? "the starter's"
                : corpus.files().size() + (corpus.files().size() == 1 ? " file, " : " files, ") + Units.bytes(corpus.bytes())));
        line("  " + cell(corpus.sample()));
        line("");
    }

    private void line(String line) {
        text.append(line.stripTrailing()).append('\n');
    }
}
