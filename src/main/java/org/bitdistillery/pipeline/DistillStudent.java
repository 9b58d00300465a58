package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.bitdistillery.config.Compute;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.LayerChoice;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.platform.FreedMemory;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.train.Batch;
import org.bitdistillery.train.BatchSource;
import org.bitdistillery.train.Distillation;
import org.bitdistillery.train.LayerAdvisor;
import org.bitdistillery.train.TeacherLogits;

/// Stage 3: the quantized student learns the task with its teacher's logits and attention relations (BitDistill, eq. 8-14).
final class DistillStudent implements Stage {

    private static final double PASSES = 6;
    private static final int ADVISOR_ROWS = 16;
    private static final int ADVISOR_BATCHES = 4;

    @Override
    public StageId id() {
        return StageId.DISTILL;
    }

    @Override
    public boolean isEnabled(RunContext context) {
        return context.experiment().distill().enabled();
    }

    @Override
    public Work work(RunContext context) {
        DistillStage config = context.experiment().distill();
        return new Work(
                TaskTraining.steps(context, config.epochs(), config.optimization()),
                TaskTraining.flops(context, config.epochs(), PASSES),
                "Cross-entropy + λ·logits + γ·attention relations, ternary student");
    }

    @Override
    public StageResult run(RunContext context) {
        DistillStage config = context.experiment().distill();
        Path start = context.experiment().pretrain().enabled() ? context.paths().pretrainedStudent() : context.paths().studentWithSubLn();
        Compute compute = context.experiment().compute();
        try (Decoder teacher = ModelFolder.teacher(context.distillTeacher(), compute.compactTeacher()); Decoder student = ModelFolder.load(start)) {
            if (compute.frozenEmbeddings()) {
                student.freezeEmbeddings();
            }
            if (compute.compactTeacher() && teacher.shareEmbeddings(student)) {
                context.note("Teacher and student share the embeddings, which stay as they are.");
            }
            DistillStage settled = config.relates() ? withAdvice(context, config, teacher, student) : config;
            FreedMemory.giveBack();
            try (TeacherLogits kept = KeptTeacher.logits(context, settled, teacher);
                    Distillation distillation = new Distillation(
                            settled, teacher, student.architecture().layers(), kept, compute.precision())) {
                if (config.relates()) {
                    distillation.teacherLayers().forEach((own, theirs) -> context.note("Relations are distilled in the student's layer "
                            + own + " from the teacher's layer " + theirs + ", counted from 0."));
                }
                TaskTraining.train(context, this, student, distillation, config.optimization());
            }
            HandOver.roundEmbeddings(student);
            HandOver.save(student, context.paths().student(), DType.F32, context.base());
        }
        return StageResult.done();
    }

    /// Asks the layer advisor before the student has learned anything, so that a resumed stage gets the same answer.
    private static DistillStage withAdvice(RunContext context, DistillStage config, Decoder teacher, Decoder student) {
        BatchSource rows = BatchSource.ofExamples(context.task().train(), ADVISOR_ROWS, context.experiment().seed());
        long distinct = Math.ceilDiv(context.task().train().size(), ADVISOR_ROWS);
        List<Batch> batches = LongStream.range(0, Math.min(ADVISOR_BATCHES, distinct)).mapToObj(rows::batch).toList();
        LayerAdvisor.Advice advice = LayerAdvisor.advise(config, teacher, student, batches);
        context.emit(new RunEvent.LayersAdvised(Instant.now(), advice.layers(), advice.recommended()));
        boolean follow = LayerChoice.parse(config.layers()).kind() == LayerChoice.Kind.ADVISED;
        return follow ? config.withLayers(Integer.toString(advice.recommended())) : config;
    }
}
