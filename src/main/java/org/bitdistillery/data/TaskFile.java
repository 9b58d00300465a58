package org.bitdistillery.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.table.TableFile;
import org.bitdistillery.data.table.TableReader;
import org.bitdistillery.data.table.TableRow;

/// Task rows of one file.
///
/// @param table    how the file was read
/// @param rows     in the file's order, the bad ones left out
/// @param badRows  how many were left out
/// @param problems what is wrong with the first of those, each with file, line or row, and column
public record TaskFile(TableFile table, List<TaskRow> rows, int badRows, List<String> problems) {

    private static final int MOST_PROBLEMS = 50;

    /// @throws InvalidInput that names file, row and column, where more rows are bad than the task tolerates
    public static TaskFile read(Path file, Task task) {
        return read(file, task, task.files().badRows(), true);
    }

    /// The same for rows that a classification is to answer: their labels may be missing ([TaskRow#NO_LABEL]), wrong ones are bad rows.
    public static TaskFile toClassify(Path file, Task task) {
        return read(file, task, task.files().badRows(), false);
    }

    /// The same with all bad rows left out, to look at a file that a run would refuse.
    public static TaskFile leniently(Path file, Task task) {
        return read(file, task, Integer.MAX_VALUE, true);
    }

    private static TaskFile read(Path file, Task task, int tolerated, boolean answered) {
        TableFile table = TableFile.of(file, task.files().format(), task.files().header());
        TaskColumns columns = new TaskColumns(file, table.columns(), task, answered);
        List<TaskRow> rows = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int bad = 0;
        try (TableReader reader = table.rows()) {
            boolean more = true;
            while (more) {
                try {
                    TableRow row = reader.next();
                    more = row != null;
                    if (more) {
                        rows.add(columns.row(row.cells(), row.where()));
                    }
                } catch (BadRow e) {
                    if (++bad > tolerated) {
                        throw refused(e, tolerated);
                    }
                    if (problems.size() < MOST_PROBLEMS) {
                        problems.add(e.getMessage());
                    }
                }
            }
        }
        if (rows.isEmpty()) {
            throw new InvalidInput(bad > 0
                    ? "%s has no good row among %,d; the first problem: %s".formatted(file, bad, problems.getFirst())
                    : file + " is an empty data set: it has " + (table.header() ? "a header line and " : "") + "no rows.");
        }
        return new TaskFile(table, List.copyOf(rows), bad, List.copyOf(problems));
    }

    private static InvalidInput refused(BadRow e, int tolerated) {
        return tolerated == 0 ? e : new InvalidInput(
                "%s This is bad row number %,d of the file, and task.files.badRows lets %,d pass.".formatted(
                        e.getMessage(), tolerated + 1, tolerated), e);
    }
}
