package org.bitdistillery.data;

/// One row of a task: a text and the index of its label.
public record LabeledText(String text, int label) {}
