package org.bitdistillery.data.table;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.BadRow;
import org.bitdistillery.data.InputFiles;

/// Records with the names of their columns. Each must have as many cells as there are columns.
final class RecordTable implements TableReader {

    private final Path file;
    private final RecordReader records;
    private final List<String> columns;
    private final String separated;
    private final boolean header;
    private boolean headerAhead;

    /// @param separated what the cells are, for messages, for example `tab-separated`
    RecordTable(Path file, RecordReader records, List<String> columns, boolean header, String separated) {
        this.file = file;
        this.records = records;
        this.columns = columns;
        this.separated = separated;
        this.header = header;
        this.headerAhead = header;
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public TableRow next() {
        try {
            RecordReader.Record row = records.next();
            while (row != null && (row.isBlank() || headerAhead)) {
                headerAhead &= row.isBlank();
                row = records.next();
            }
            if (row == null) {
                return null;
            }
            if (row.cells().size() != columns.size()) {
                throw new BadRow("%s, %s has %d %s columns, its %s has %d: mend the line.".formatted(
                        file, row.where(), row.cells().size(), separated, header ? "header line" : "first line", columns.size()));
            }
            return new TableRow(row.where(), row.cells());
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be closed (" + e.getMessage() + ").", e);
        }
    }
}
