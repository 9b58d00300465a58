package org.bitdistillery.ui;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.event.StageId;

/// An experiment in a few sentences, one for each stage that is on.
final class PlanSummary {

    record Line(String stage, String text) {}

    private PlanSummary() {}

    static List<Line> of(Experiment experiment) {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line("Task", (experiment.task().source() == DataSource.STARTER ? "Starter data set" : experiment.task().train())
                + ", labels " + String.join(" / ", experiment.task().labels().values())));
        lines.add(line(StageId.TEACHER, teacher(experiment.teacher())));
        if (experiment.finetune().enabled()) {
            lines.add(line(StageId.FINETUNE, "full precision, " + epochs(experiment.finetune().epochs())));
        }
        if (experiment.subln().placement() != SubLnPlacement.OFF) {
            lines.add(line(StageId.SUBLN, experiment.subln().placement() == SubLnPlacement.PAPER
                    ? "norms before the attention output and FFN down projections" : "norms before all seven projections"));
        }
        if (experiment.pretrain().enabled()) {
            lines.add(line(StageId.PRETRAIN, Units.count(experiment.pretrain().tokens()) + " tokens"));
        }
        if (experiment.distill().enabled()) {
            lines.add(line(StageId.DISTILL, distill(experiment.distill())));
        }
        if (experiment.baseline().enabled()) {
            lines.add(line(StageId.BASELINE, "quantized directly, " + epochs(experiment.baseline().epochs())));
        }
        if (experiment.evaluate().enabled()) {
            lines.add(line(StageId.EVALUATE, "accuracy and loss on dev and test rows, "
                    + experiment.evaluate().samples() + " sample predictions"));
        }
        if (experiment.benchmark().enabled()) {
            lines.add(line(StageId.BENCHMARK, experiment.benchmark().promptTokens() + " prompt and "
                    + experiment.benchmark().decodeTokens() + " decoded tokens, " + experiment.benchmark().rounds() + " rounds"));
        }
        if (experiment.export().enabled()) {
            lines.add(line(StageId.EXPORT, "Hugging Face folder, loaded again and compared"));
        }
        return lines;
    }

    private static String teacher(TeacherStage teacher) {
        String model = switch (teacher.source()) {
            case FOLDER -> teacher.path();
            case STARTER -> "the small starter model";
            case NEW -> "new " + teacher.size().name().toLowerCase(Locale.ROOT) + " model";
        };
        return model + (teacher.tokens() > 0 ? ", pre-trained on " + Units.count(teacher.tokens()) + " tokens" : "");
    }

    private static String distill(DistillStage distill) {
        return epochs(distill.epochs()) + ", λ = " + Units.number(distill.logitsWeight()) + ", γ = "
                + Units.number(distill.relationWeight()) + ", τ = " + Units.number(distill.temperature())
                + ", layers " + distill.layers();
    }

    private static String epochs(double epochs) {
        return Units.number(epochs) + (epochs == 1 ? " epoch" : " epochs");
    }

    private static Line line(StageId stage, String text) {
        return new Line(stage.title(), text);
    }
}
