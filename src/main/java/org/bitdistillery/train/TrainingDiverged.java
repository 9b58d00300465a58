package org.bitdistillery.train;

import java.util.Locale;
import org.bitdistillery.config.InvalidInput;

/// A training that has stopped learning for good. The message names the place and a setting that usually helps.
public final class TrainingDiverged extends InvalidInput {

    private static final String CALMER = " Lower the learning rate or its weight, or lengthen the warm-up, and run again.";

    private TrainingDiverged(String message) {
        super(message);
    }

    static TrainingDiverged gradient(String parameter) {
        return new TrainingDiverged("The gradient of " + parameter + " is no longer finite." + CALMER);
    }

    static TrainingDiverged loss(String part, long step, double value) {
        return new TrainingDiverged("The " + part + " became " + value + " in step " + step + "." + CALMER);
    }

    static TrainingDiverged exploding(long step, double norm, double usual, String parameter) {
        return new TrainingDiverged(String.format(Locale.ROOT,
                "The gradient exploded at step %d: its norm is %.3g where %.3g is usual, most of it in %s.%s",
                step, norm, usual, parameter, CALMER));
    }

    static TrainingDiverged dead(long step, String tensor, boolean noActivation) {
        String sign = noActivation ? "its inputs are all about 0" : "its gradient is exactly 0";
        return new TrainingDiverged(tensor + " is dead at step " + step + ": " + sign
                + ". Lower the learning rate, set subln.placement to paper, or begin again from an earlier checkpoint.");
    }

    static TrainingDiverged allZero(long step, String tensor) {
        return new TrainingDiverged("Every ternary weight of " + tensor + " is 0 at step " + step
                + ". Lower the weight decay or the learning rate, or add the layer to quantization.keep.");
    }
}
