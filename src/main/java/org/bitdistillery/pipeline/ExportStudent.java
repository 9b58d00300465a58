package org.bitdistillery.pipeline;

import java.nio.file.Path;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.event.StageId;

/// The student as files that run elsewhere, loaded again and compared before they count.
final class ExportStudent implements Stage {

    @Override
    public StageId id() {
        return StageId.EXPORT;
    }

    @Override
    public boolean isEnabled(RunContext context) {
        return context.experiment().export().enabled();
    }

    @Override
    public Work work(RunContext context) {
        double rows = context.taskData().test().size();
        return new Work(0, 2 * rows * TaskTraining.rowFlops(context), "Packed ternary weights, loaded again and compared");
    }

    @Override
    public StageResult run(RunContext context) {
        context.begin(id(), 0, 0, work(context).detail());
        ExportStage.Format format = context.experiment().export().format();
        Path target = context.paths().export(format);
        return StageResult.exported(ExportJob.export(
                context.experiment(), context.paths(), format, context.task(), context.resultsSoFar(), target, done -> {
                    context.stopIfAsked();
                    context.progress(done, "Comparing the export with the student");
                }));
    }
}
