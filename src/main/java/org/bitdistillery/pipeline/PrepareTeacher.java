package org.bitdistillery.pipeline;

import java.nio.file.Path;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.event.StageId;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.tensorfile.DType;

/// The base model: loaded from a folder, or made from a size with a tokenizer of its own; pre-trained on plain text where
/// the configuration asks for it.
final class PrepareTeacher implements Stage {

    private static final double PASSES = 3;

    @Override
    public StageId id() {
        return StageId.TEACHER;
    }

    @Override
    public boolean isEnabled(RunContext context) {
        return true;
    }

    @Override
    public Work work(RunContext context) {
        TeacherStage config = context.experiment().teacher();
        String model = switch (config.source()) {
            case FOLDER -> config.path();
            case STARTER -> "the starter teacher";
            case NEW -> "a new model";
        };
        if (config.tokens() == 0) {
            return new Work(0, TaskTraining.tokenFlops(context.architecture()), "Loading " + model);
        }
        long steps = CorpusTraining.steps(config.tokens(), config.sequenceLength(), config.optimization());
        return new Work(
                steps, PASSES * config.tokens() * TaskTraining.tokenFlops(context.architecture()), "Pre-training " + model + " on plain text");
    }

    @Override
    public StageResult run(RunContext context) {
        TeacherStage config = context.experiment().teacher();
        if (config.tokens() == 0) {
            context.begin(id(), 0, 0, work(context).detail());
        }
        Path start = BaseModel.folder(context);
        try (Decoder model = ModelFolder.load(start, LinearMode.FULL)) {
            if (config.tokens() > 0) {
                CorpusTraining corpus = CorpusTraining.open(context, config.corpus(), start, config.sequenceLength(), "teacher.corpus");
                corpus.train(this, model, config.optimization());
                HandOver.save(model, context.paths().base(), DType.F16, start);
            } else {
                TextTokenizer.load(start).close();
            }
        }
        return StageResult.done();
    }
}
