package org.bitdistillery.pipeline;

import org.bitdistillery.config.FinetuneStage;
import org.bitdistillery.event.StageId;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.train.Objective;

/// FP16-SFT: the base model fine-tuned on the task. Kept in half precision, in which it is compared and from which it
/// teaches.
final class FineTuneTeacher implements Stage {

    private static final double PASSES = 3;

    @Override
    public StageId id() {
        return StageId.FINETUNE;
    }

    @Override
    public boolean isEnabled(RunContext context) {
        return context.experiment().finetune().enabled();
    }

    @Override
    public Work work(RunContext context) {
        FinetuneStage config = context.experiment().finetune();
        return new Work(
                TaskTraining.steps(context, config.epochs(), config.optimization()),
                TaskTraining.flops(context, config.epochs(), PASSES),
                "Cross-entropy on the task, full precision");
    }

    @Override
    public StageResult run(RunContext context) {
        try (Decoder model = ModelFolder.load(context.base(), LinearMode.FULL)) {
            TaskTraining.train(context, this, model, Objective.crossEntropy(), context.experiment().finetune().optimization());
            HandOver.save(model, context.paths().fp16Sft(), DType.F16, context.base());
        }
        return StageResult.done();
    }
}
