package org.bitdistillery.config;

/// How rows are written down in a file.
public enum TableFormat {
    /// By the file's name, and by its first bytes where the name does not say.
    AUTO,
    /// One row a line, tabs between the cells; quotes are ordinary characters, as GLUE has it.
    TSV,
    /// Cells between commas, semicolons, tabs or bars; quotes hold separators and line breaks (RFC 4180).
    CSV,
    /// One array of objects.
    JSON,
    /// One object a line.
    JSONL,
    /// Apache Parquet.
    PARQUET
}
