package org.bitdistillery.pipeline;

import java.util.List;
import java.util.function.DoubleConsumer;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.model.Decoder;

/// How models are scored on a task's dev and test rows.
interface TaskScoring {

    /// @param answers to the test rows, as people read them
    record Scored(ModelScore score, List<String> answers) {}

    static TaskScoring of(RunContext context) {
        return context.task().isGeneration() ? new TextScoring(context) : new LabelScoring(context);
    }

    /// @param progress hears the fraction done, 0..1; what it throws ends the scoring
    Scored score(Decoder decoder, DoubleConsumer progress);

    /// Mean over the rows of two splits, of which each has its own.
    static double mean(double dev, double devWeight, double test, double testWeight) {
        return (dev * devWeight + test * testWeight) / (devWeight + testWeight);
    }
}
