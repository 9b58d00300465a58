package org.bitdistillery.generation;

/// A question of the user's and what the model answered.
public record Exchange(String question, String answer) {}
