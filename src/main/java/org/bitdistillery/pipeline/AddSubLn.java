package org.bitdistillery.pipeline;

import java.time.Instant;
import java.util.Locale;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.model.Calibrated;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.Subln;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.train.ActivationProbe;
import org.bitdistillery.train.Batch;
import org.bitdistillery.train.BatchSource;

/// Stage 1: the student, a copy of the base model with additional norms (BitDistill, eq. 4-5).
final class AddSubLn implements Stage {

    private static final int PROBED_ROWS = 32;

    @Override
    public StageId id() {
        return StageId.SUBLN;
    }

    @Override
    public boolean isEnabled(RunContext context) {
        return true;
    }

    @Override
    public Work work(RunContext context) {
        SubLnPlacement placement = context.experiment().subln().placement();
        String detail = switch (placement) {
            case OFF -> "No additional norms: the ablation";
            case PAPER -> "Norms before the attention output and FFN down projections";
            case ALL -> "Norms before all seven projections";
        };
        return new Work(0, context.architecture().projectionParameters(), detail);
    }

    @Override
    public StageResult run(RunContext context) {
        context.begin(id(), 0, 0, work(context).detail());
        SubLnPlacement placement = context.experiment().subln().placement();
        Quantization quantization = context.experiment().quantization();
        try (Decoder base = ModelFolder.load(context.base(), LinearMode.FULL);
                Decoder prepared = Calibrated.initialize(base, quantization, CalibrationRows.forInitialization(context));
                Decoder student = Subln.view(prepared, placement, quantization)) {
            measureActivations(context, prepared, student);
            HandOver.save(student, context.paths().studentWithSubLn(), DType.F32, context.base());
            long added = student.parameters().size() - base.parameters().size();
            String start = quantization.initialization() == Quantization.Initialization.NONE
                    ? "" : ", weights prepared by " + quantization.initialization();
            context.progress(1, added + " norms added, placement " + placement.name().toLowerCase(Locale.ROOT) + start);
        }
        return StageResult.done();
    }

    /// What the norms do to the activations that are rounded to INT8.
    private static void measureActivations(RunContext context, Decoder base, Decoder student) {
        if (student.architecture().subLn() == SubLnPlacement.OFF) {
            return;
        }
        Batch rows = BatchSource.ofExamples(context.task().train(), PROBED_ROWS, context.experiment().seed()).batch(0);
        try (Decoder without = Subln.view(base, SubLnPlacement.OFF, context.experiment().quantization())) {
            context.emit(new RunEvent.ActivationsMeasured(
                    Instant.now(), StageId.SUBLN, ActivationProbe.compare(without, student, rows)));
        }
    }
}
