package org.bitdistillery.train;

import org.bitdistillery.config.InvalidInput;

/// A loss or a gradient stopped being a number. The message names the place and a setting that usually helps.
public final class TrainingDiverged extends InvalidInput {

    private static final String REMEDY = " Lower the learning rate or its weight, or lengthen the warm-up, and run again.";

    private TrainingDiverged(String message) {
        super(message + REMEDY);
    }

    static TrainingDiverged gradient(String parameter) {
        return new TrainingDiverged("The gradient of " + parameter + " is no longer finite.");
    }

    static TrainingDiverged loss(String part, long step, double value) {
        return new TrainingDiverged("The " + part + " became " + value + " in step " + step + ".");
    }
}
