package org.bitdistillery.data.table;

import java.util.List;

/// One row of a table.
///
/// @param where where it stands in its file, for messages: `line 7` in a text file, `row 6` elsewhere
/// @param cells in the order of the table's columns; empty where the row has nothing there
public record TableRow(String where, List<String> cells) {}
