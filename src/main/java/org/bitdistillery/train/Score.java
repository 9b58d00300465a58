package org.bitdistillery.train;

/// How well a model does on rows that it is not trained on.
///
/// @param loss     in nats a token
/// @param accuracy 0..1, or null where no labels are asked for
public record Score(double loss, Double accuracy) {}
