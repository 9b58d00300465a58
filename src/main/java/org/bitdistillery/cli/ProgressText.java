package org.bitdistillery.cli;

import java.time.Instant;
import java.util.Locale;
import org.bitdistillery.analysis.RunProgress;
import org.bitdistillery.analysis.StageStatus;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.RunEvent.StepDone;

/// Puts what a run is doing into one line.
final class ProgressText {

    private static final int BAR_WIDTH = 20;

    private final RunProgress progress = new RunProgress();
    private StepDone lastStep;

    void accept(RunEvent event) {
        progress.accept(event);
        switch (event) {
            case StepDone step -> lastStep = step;
            case RunEvent.StageStarted _ -> lastStep = null;
            default -> { }
        }
    }

    /// `[####----] 41 %  Distillation 120/300  loss 2.3121 (CE 0.5123, LD 0.0312)  12,345 tok/s  ETA 1 min 20 s`.
    String line(Instant now) {
        StringBuilder line = new StringBuilder(bar(progress.fraction()));
        progress.current().map(progress::stage).ifPresent(stage -> line.append("  ").append(stage(stage)));
        if (lastStep != null) {
            line.append("  ").append(losses(lastStep.losses()));
            line.append("  ").append(Units.tokensPerSecond(lastStep.tokensPerSecond()));
        }
        switch (progress.phase()) {
            case PAUSED -> line.append("  paused");
            case RUNNING -> progress.eta(now).ifPresent(eta -> line.append("  ETA ").append(Units.duration(eta)));
            default -> { }
        }
        return line.toString();
    }

    /// `, last loss 2.3121 (...)` of the running stage, or nothing where it took no step.
    String lastLosses() {
        return lastStep == null ? "" : ", last " + losses(lastStep.losses());
    }

    private static String bar(double fraction) {
        int filled = (int) Math.round(fraction * BAR_WIDTH);
        return String.format(Locale.ROOT, "[%s%s] %3.0f %%", "#".repeat(filled), "-".repeat(BAR_WIDTH - filled), 100 * fraction);
    }

    private static String stage(StageStatus stage) {
        if (stage.steps() > 0) {
            return String.format(Locale.ROOT, "%s %,d/%,d", stage.stage().title(), stage.step(), stage.steps());
        }
        return stage.detail().isEmpty() ? stage.stage().title() : stage.stage().title() + ": " + stage.detail();
    }

    private static String losses(Losses losses) {
        StringBuilder text = new StringBuilder("loss ").append(Units.loss(losses.total()));
        if (losses.logits() != null || losses.relation() != null) {
            text.append(" (CE ").append(part(losses.crossEntropy()));
            text.append(losses.logits() == null ? "" : ", logits " + part(losses.logits()));
            text.append(losses.relation() == null ? "" : ", relation " + part(losses.relation())).append(")");
        }
        return text.toString();
    }

    private static String part(Double loss) {
        return loss == null ? Units.UNKNOWN : Units.loss(loss);
    }
}
