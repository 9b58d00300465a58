package org.bitdistillery.event;

import java.util.List;

/// How one model does on the task.
///
/// @param accuracy share of the dev and test rows together that are answered correctly, 0..1
/// @param ci95     95 % Wilson score interval of `accuracy`, lower and upper end
/// @param loss     mean cross-entropy of the label word in nats, over the same rows
/// @param splits   the same for each split on its own
public record ModelScore(double accuracy, List<Double> ci95, double loss, List<SplitScore> splits) {

    public record SplitScore(String split, int rows, double accuracy, List<Double> ci95, double loss) {}
}
