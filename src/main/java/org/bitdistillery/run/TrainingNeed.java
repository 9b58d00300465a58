package org.bitdistillery.run;

import org.bitdistillery.model.Architecture;
import org.bitdistillery.pipeline.Pipeline;

/// What making a student takes, for the model library, which does not know training.
public final class TrainingNeed {

    private TrainingNeed() {}

    /// Bytes at the peak of stage 3 with the default settings, as pre-flight estimates them.
    public static long bytes(Architecture teacher) {
        return Pipeline.memoryNeeded(teacher);
    }
}
