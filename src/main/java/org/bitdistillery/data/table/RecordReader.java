package org.bitdistillery.data.table;

import java.io.IOException;
import java.util.List;

/// Records of a text file without names for their cells: what TSV and CSV have in common.
interface RecordReader extends AutoCloseable {

    /// @param line number of its first line, from 1
    record Record(long line, List<String> cells) {

        String where() {
            return "line %,d".formatted(line);
        }

        boolean isBlank() {
            return cells.size() == 1 && cells.getFirst().isBlank();
        }
    }

    /// The next record, or null behind the last one.
    ///
    /// @throws org.bitdistillery.data.BadRow where it is malformed and the next one can be read
    Record next() throws IOException;

    @Override
    void close() throws IOException;
}
