package org.bitdistillery.pipeline;

import java.nio.file.Path;
import org.bitdistillery.event.StageId;
import org.bitdistillery.export.ExportOptions;
import org.bitdistillery.export.ExportProgress;
import org.bitdistillery.model.ConfigJson;

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
        double rows = Math.min(200, context.taskData().test().size());
        return new Work(0, 3 * rows * TaskTraining.rowFlops(context), "The student as files, loaded again and compared");
    }

    @Override
    public StageResult run(RunContext context) {
        context.begin(id(), 0, 0, work(context).detail());
        ExportOptions options = ExportOptions.of(context.experiment().export());
        Path target = context.paths().export(options.format());
        Path student = context.paths().finalStudent(context.experiment());
        GateRows rows = GateRows.of(context.task(), ConfigJson.read(student).vocabularySize());
        ExportProgress told = ExportProgress.every(1, (doing, done) -> context.progress(done, doing));
        return StageResult.exported(ExportJob.export(
                context.experiment(), context.paths(), options, rows, context.resultsSoFar(), target, (doing, done) -> {
                    context.stopIfAsked();
                    told.at(doing, done);
                }));
    }
}
