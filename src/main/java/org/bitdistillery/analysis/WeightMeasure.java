package org.bitdistillery.analysis;

import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;

/// What is followed of a quantized tensor over the steps of a stage.
public enum WeightMeasure {
    ZERO_FRACTION("Zero fraction", true),
    BOUNDARY_MASS("Boundary mass", true),
    FLIP_RATE("Flip rate", true),
    GRADIENT_NORM("Gradient norm", false),
    ACTIVATION_SCALE("Activation scale", false);

    private final String title;
    private final boolean share;

    WeightMeasure(String title, boolean share) {
        this.title = title;
        this.share = share;
    }

    public String title() {
        return title;
    }

    public String text(double value) {
        return share ? Units.percent(value) : Units.number(value);
    }

    /// The measure in a sample, or null where it was not measured.
    Double of(WeightHistogram histogram, TensorHealth health) {
        return switch (this) {
            case ZERO_FRACTION -> histogram.zeroFraction();
            case BOUNDARY_MASS -> histogram.boundaryMass();
            case FLIP_RATE -> health == null ? null : health.flipRate();
            case GRADIENT_NORM -> health == null ? null : health.gradientNorm();
            case ACTIVATION_SCALE -> health == null ? null : health.activationScale();
        };
    }
}
