package org.bitdistillery.train;

import org.bitdistillery.config.Optimization;

/// Learning rate over the steps of a stage: a linear warm-up to the peak, then down to 0 along a line or half a cosine, or
/// constant.
///
/// @param peak   learning rate after the warm-up
/// @param warmup share of the steps, 0..1
/// @param decay  share of the steps at the end in which WSD falls, 0..1
public record Schedule(Optimization.Schedule form, double peak, double warmup, double decay, long steps) {

    public static Schedule of(Optimization optimization, long steps) {
        return new Schedule(optimization.schedule(), optimization.learningRate(), optimization.warmup(), optimization.decay(), steps);
    }

    /// @param step 0 for the first update
    public double rate(long step) {
        double warmupSteps = warmup * steps;
        if (step < warmupSteps) {
            return peak * Math.min(1, (step + 1) / warmupSteps);
        }
        double progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
        return switch (form) {
            case LINEAR -> peak * (1 - progress);
            case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * progress));
            case CONSTANT -> peak;
            case WSD -> peak * Math.min(1, (steps - step) / Math.max(1, decay * steps));
        };
    }
}
