package org.bitdistillery.analysis;

import org.bitdistillery.event.RunEvent.StepDone;

/// What is drawn over the steps of a stage.
public enum Metric {
    TOTAL_LOSS("Total", "nats"),
    CROSS_ENTROPY("Cross-entropy", "nats"),
    LOGITS_LOSS("Logits", "nats"),
    RELATION_LOSS("Relation", "nats"),
    VALIDATION_LOSS("Validation", "nats"),
    VALIDATION_ACCURACY("Validation accuracy", ""),
    LEARNING_RATE("Learning rate", ""),
    GRADIENT_NORM("Gradient norm", ""),
    TOKENS_PER_SECOND("Throughput", "tok/s");

    private final String title;
    private final String unit;

    Metric(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    public String title() {
        return title;
    }

    /// Empty for a plain number.
    public String unit() {
        return unit;
    }

    /// The value of this metric in a training step, or null where the step does not have it.
    Double of(StepDone step) {
        return switch (this) {
            case TOTAL_LOSS -> step.losses().total();
            case CROSS_ENTROPY -> step.losses().crossEntropy();
            case LOGITS_LOSS -> step.losses().logits();
            case RELATION_LOSS -> step.losses().relation();
            case LEARNING_RATE -> step.learningRate();
            case GRADIENT_NORM -> step.gradientNorm();
            case TOKENS_PER_SECOND -> step.tokensPerSecond();
            case VALIDATION_LOSS, VALIDATION_ACCURACY -> null;
        };
    }
}
