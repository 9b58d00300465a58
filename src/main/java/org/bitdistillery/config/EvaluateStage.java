package org.bitdistillery.config;

/// Scores of every model on the dev and test rows.
public record EvaluateStage(
        @Setting(label = "On") boolean enabled,
        @Setting(label = "Sample predictions", unit = "rows", min = 0, max = 1000) int samples,
        @Setting(label = "Bag-of-words score", help = "A logistic regression on word counts, for comparison.") boolean bagOfWords) {

    public static final EvaluateStage DEFAULTS = new EvaluateStage(true, 20, true);
}
