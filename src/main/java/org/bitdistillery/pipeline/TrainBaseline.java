package org.bitdistillery.pipeline;

import org.bitdistillery.config.BaselineStage;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.event.StageId;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.Subln;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.train.Objective;

/// BitNet-SFT: the base model quantized and fine-tuned on the task directly, what BitDistill is measured against.
final class TrainBaseline implements Stage {

    private static final double PASSES = 3.4;

    @Override
    public StageId id() {
        return StageId.BASELINE;
    }

    @Override
    public boolean isEnabled(RunContext context) {
        return context.experiment().baseline().enabled();
    }

    @Override
    public Work work(RunContext context) {
        BaselineStage config = context.experiment().baseline();
        return new Work(
                TaskTraining.steps(context, config.epochs(), config.optimization()),
                TaskTraining.flops(context, config.epochs(), PASSES),
                "Cross-entropy on the task, the base model quantized as it is");
    }

    @Override
    public StageResult run(RunContext context) {
        try (Decoder base = ModelFolder.load(context.base(), LinearMode.FULL);
                Decoder student = Subln.student(base, SubLnPlacement.OFF, context.experiment().quantization())) {
            TaskTraining.train(context, this, student, Objective.crossEntropy(), context.experiment().baseline().optimization());
            HandOver.roundEmbeddings(student);
            HandOver.save(student, context.paths().bitnetSft(), DType.F32, context.base());
        }
        return StageResult.done();
    }
}
