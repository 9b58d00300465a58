package org.bitdistillery.config;

/// Whether a TSV or CSV file begins with the names of its columns. Without them, columns are called 1, 2, 3 and so on.
public enum HeaderLine { GUESS, YES, NO }
