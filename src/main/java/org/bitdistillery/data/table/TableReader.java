package org.bitdistillery.data.table;

import java.util.List;

/// The rows of a table, one after the other; holds one row in memory, and of a Parquet file one group of rows.
public interface TableReader extends AutoCloseable {

    List<String> columns();

    /// The next row, or null behind the last one.
    ///
    /// @throws org.bitdistillery.data.BadRow where this row is malformed; the one behind it can be asked for
    /// @throws org.bitdistillery.config.InvalidInput where nothing more can be read
    TableRow next();

    @Override
    void close();
}
