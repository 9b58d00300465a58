package org.bitdistillery.pipeline;

import org.bitdistillery.config.PretrainStage;
import org.bitdistillery.event.StageId;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.tensorfile.DType;

/// Stage 2: next-token prediction on plain text with the quantized student (BitDistill, eq. 6-7).
final class ContinuePretraining implements Stage {

    private static final double PASSES = 3.4;

    @Override
    public StageId id() {
        return StageId.PRETRAIN;
    }

    @Override
    public boolean isEnabled(RunContext context) {
        return context.experiment().pretrain().enabled();
    }

    @Override
    public Work work(RunContext context) {
        PretrainStage config = context.experiment().pretrain();
        return new Work(
                CorpusTraining.steps(config.tokens(), config.sequenceLength(), config.optimization()),
                PASSES * config.tokens() * TaskTraining.tokenFlops(context.architecture()),
                "Next-token cross-entropy on plain text, ternary student");
    }

    @Override
    public StageResult run(RunContext context) {
        PretrainStage config = context.experiment().pretrain();
        CorpusTraining corpus = CorpusTraining.open(context, config.corpus(), context.base(), config.sequenceLength(), "pretrain.corpus");
        try (Decoder student = ModelFolder.load(context.paths().studentWithSubLn())) {
            corpus.train(this, student, config.optimization());
            HandOver.save(student, context.paths().pretrainedStudent(), DType.F32, context.base());
        }
        return StageResult.done();
    }
}
