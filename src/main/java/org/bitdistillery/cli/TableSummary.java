package org.bitdistillery.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bitdistillery.config.HeaderLine;
import org.bitdistillery.config.TableFormat;
import org.bitdistillery.data.table.ColumnGuess;
import org.bitdistillery.data.table.TableFile;
import org.bitdistillery.event.DataReport;

/// A file of rows as `inspect` describes it.
///
/// @param reason  why its first line was taken for a header or for a row
/// @param mapping what its columns seem to be; absent where that cannot be told
record TableSummary(
        String file, String format, boolean header, String reason, List<String> columns, List<List<String>> firstRows,
        DataReport.Mapping mapping) {

    private static final int ROWS = 5;

    static TableSummary of(Path file) {
        TableFile table = TableFile.of(file, TableFormat.AUTO, HeaderLine.GUESS);
        return new TableSummary(
                file.toString(), table.format().name().toLowerCase(Locale.ROOT), table.header(), table.reason(), table.columns(),
                ColumnGuess.rows(table, ROWS),
                ColumnGuess.of(table).map(guess -> new DataReport.Mapping(guess.layout(), guess.settings())).orElse(null));
    }

    String text() {
        DataReport.Split split = new DataReport.Split(
                "first", file, format, header, reason, columns, firstRows, firstRows.size(), 0, List.of(), java.util.Map.of(), 0, 0, null);
        return DataText.of(new DataReport(List.of(split), List.of(), mapping, List.of(), List.of(), List.of(), ""));
    }
}
