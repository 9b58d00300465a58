package org.bitdistillery.pipeline;

import java.util.List;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.data.Example;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.train.BatchSource;
import org.bitdistillery.train.Evaluator;
import org.bitdistillery.train.Objective;
import org.bitdistillery.train.Score;

/// What the three stages that train on the task have in common.
final class TaskTraining {

    private static final int EVALUATION_BATCH = 64;

    /// A rough length of a row before the tokenizer is known, only to weigh stages against each other.
    private static final int TYPICAL_ROW = 24;

    private TaskTraining() {}

    static void train(RunContext context, Stage stage, Decoder student, Objective objective, Optimization optimization) {
        TaskInputs task = context.task();
        BatchSource batches = BatchSource.ofExamples(task.train(), optimization.batchSize(), context.experiment().seed());
        int rows = Math.min(context.experiment().telemetry().validationRows(), task.dev().size());
        List<Example> validation = task.dev().subList(0, rows);
        StageTraining.train(context, stage, student, objective, batches, optimization, weights -> {
            try (Evaluator evaluator = new Evaluator(weights, EVALUATION_BATCH)) {
                if (task.isGeneration()) {
                    return new Score(evaluator.answerLoss(validation, _ -> {}), null);
                }
                Evaluator.Result result = evaluator.classify(validation, task.answers(), _ -> {});
                return new Score(result.loss(), result.accuracy());
            }
        });
    }

    /// Optimizer steps of so many epochs over the task; at least one.
    static long steps(RunContext context, double epochs, Optimization optimization) {
        int rows = context.taskData().train().size();
        double perStep = (double) Math.min(rows, optimization.batchSize()) * optimization.accumulation();
        return Math.max(1, Math.round(epochs * rows / perStep));
    }

    /// @param passes forward passes that one training token costs: 3 for forward and backward, 4 with a teacher
    static double flops(RunContext context, double epochs, double passes) {
        return passes * epochs * context.taskData().train().size() * rowFlops(context);
    }

    /// A forward pass over one row.
    static double rowFlops(RunContext context) {
        return TYPICAL_ROW * tokenFlops(context.architecture());
    }

    /// A forward pass over one token, attention scores left out.
    static double tokenFlops(Architecture architecture) {
        return 2.0 * (architecture.projectionParameters() + (double) architecture.vocabularySize() * architecture.hiddenSize());
    }
}
