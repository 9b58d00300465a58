package org.bitdistillery.event;

import java.util.List;

/// A metric of generated text with its 95 % bootstrap interval; both in 0..1.
public record MetricScore(double value, List<Double> ci95) {}
