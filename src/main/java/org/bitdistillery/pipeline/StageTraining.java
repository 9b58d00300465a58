package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Function;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.train.BatchSource;
import org.bitdistillery.train.Objective;
import org.bitdistillery.train.Score;
import org.bitdistillery.train.TrainingLoop;

/// Trains a model for one stage, resuming where an interrupted worker left off, and tells the run what happens.
final class StageTraining implements TrainingLoop.Listener {

    private final RunContext context;
    private final StageId stage;
    private final Function<Decoder, Score> validation;

    private StageTraining(RunContext context, StageId stage, Function<Decoder, Score> validation) {
        this.context = context;
        this.stage = stage;
        this.validation = validation;
    }

    /// @throws RunStoppedException where the user stopped the run; a checkpoint holds what was done
    static void train(
            RunContext context, Stage stage, Decoder student, Objective objective, BatchSource batches, Optimization optimization,
            Function<Decoder, Score> validation) {
        Stage.Work work = stage.work(context);
        if (context.experiment().compute().frozenEmbeddings() && student.mode() == LinearMode.TERNARY) {
            student.freezeEmbeddings();
        }
        TrainingLoop.Plan plan = new TrainingLoop.Plan(
                optimization, context.experiment().telemetry(), work.steps(), context.paths().checkpoints(stage.id()),
                context.experiment().compute());
        try (TrainingLoop loop = TrainingLoop.startOrResume(student, objective, batches, plan)) {
            context.begin(stage.id(), work.steps(), loop.steps(), work.detail());
            if (!loop.run(new StageTraining(context, stage.id(), validation))) {
                throw new RunStoppedException();
            }
        }
    }

    @Override
    public boolean mayContinue() {
        return context.mayContinue();
    }

    @Override
    public void stepDone(TrainingLoop.StepReport report) {
        context.emit(new RunEvent.StepDone(
                Instant.now(), stage, report.step(), report.tokens(), report.losses(), report.learningRate(), report.gradientNorm(),
                report.tokensPerSecond()));
    }

    @Override
    public void weightsSampled(long step, String tensor, WeightHistogram histogram, TensorHealth health) {
        context.emit(new RunEvent.WeightsSampled(Instant.now(), stage, step, tensor, histogram, health));
    }

    @Override
    public Score validate(Decoder weights) {
        return validation.apply(weights);
    }

    @Override
    public void validated(long step, Score score) {
        context.emit(new RunEvent.ValidationDone(Instant.now(), stage, step, score.loss(), score.accuracy()));
    }

    @Override
    public void checkpointSaved(long step, Path folder, boolean best) {
        context.emit(new RunEvent.CheckpointSaved(Instant.now(), stage, step, context.paths().relative(folder), best));
    }
}
