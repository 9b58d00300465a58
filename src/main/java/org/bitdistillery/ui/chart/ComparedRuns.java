package org.bitdistillery.ui.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bitdistillery.analysis.Metric;
import org.bitdistillery.analysis.Points;
import org.bitdistillery.analysis.RunHistory;
import org.bitdistillery.analysis.Smoothing;
import org.bitdistillery.event.StageId;

/// Several runs whose curves are laid over each other.
public record ComparedRuns(List<Run> runs) {

    /// As many as there are colors to tell apart.
    public static final int MOST = 5;

    private static final ChartColor[] COLORS = {
        ChartColor.SERIES_1, ChartColor.SERIES_3, ChartColor.SERIES_2, ChartColor.SERIES_4, ChartColor.SERIES_5
    };

    public record Run(String name, RunHistory history) {}

    /// Stages that at least one of the runs trained in, in order.
    public List<StageId> stages() {
        Set<StageId> stages = EnumSet.noneOf(StageId.class);
        runs.forEach(run -> stages.addAll(run.history().trainedStages()));
        return List.copyOf(stages);
    }

    /// The last of the stages that the most runs share, or null where there are none: what there is to compare.
    public StageId shared() {
        return stages().stream().max(Comparator.comparingLong(this::trained).thenComparing(Comparator.naturalOrder())).orElse(null);
    }

    private long trained(StageId stage) {
        return runs.stream().filter(run -> run.history().trainedStages().contains(stage)).count();
    }

    /// What at least one of the runs has a curve of in the stage.
    public List<Metric> metrics(StageId stage) {
        return List.of(Metric.values()).stream()
                .filter(metric -> runs.stream().anyMatch(run -> !run.history().curve(stage, metric).isEmpty())).toList();
    }

    /// One curve for each run that has it.
    ///
    /// @param smoothing weight of the moving average, 0..1
    public List<Curve> curves(StageId stage, Metric metric, double smoothing) {
        boolean few = metric == Metric.VALIDATION_LOSS || metric == Metric.VALIDATION_ACCURACY;
        List<Curve> curves = new ArrayList<>();
        for (int i = 0; i < runs.size() && i < MOST; i++) {
            Points raw = runs.get(i).history().curve(stage, metric).points();
            if (!raw.isEmpty()) {
                curves.add(new Curve(
                        runs.get(i).name(), COLORS[i], raw, few || smoothing == 0 ? null : Smoothing.exponential(raw, smoothing), few));
            }
        }
        return curves;
    }
}
