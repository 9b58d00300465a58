package org.bitdistillery.config;

/// Where rows or text come from.
public enum DataSource {
    /// The data set that BitDistillery makes itself from a seeded grammar: no download, no files.
    STARTER,
    /// Files that the user names.
    FILES
}
