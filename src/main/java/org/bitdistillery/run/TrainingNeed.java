package org.bitdistillery.run;

import java.util.EnumSet;
import java.util.Set;
import org.bitdistillery.config.MemorySaving;
import org.bitdistillery.hub.DistillNeed;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.pipeline.Pipeline;

/// What making a student takes, for the model library, which does not know training.
public final class TrainingNeed {

    private TrainingNeed() {}

    /// As pre-flight estimates it.
    public static DistillNeed of(Architecture teacher) {
        return new DistillNeed(Pipeline.memoryNeeded(teacher, Set.of()), Pipeline.memoryNeeded(teacher, EnumSet.allOf(MemorySaving.class)));
    }
}
