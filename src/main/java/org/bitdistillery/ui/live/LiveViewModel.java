package org.bitdistillery.ui.live;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.bitdistillery.analysis.HeatMap;
import org.bitdistillery.analysis.Metric;
import org.bitdistillery.analysis.Points;
import org.bitdistillery.analysis.RunHistory;
import org.bitdistillery.analysis.Smoothing;
import org.bitdistillery.analysis.WeightHistory;
import org.bitdistillery.analysis.WeightMeasure;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.event.RunEvent.StepDone;
import org.bitdistillery.event.StageId;
import org.bitdistillery.ui.chart.DotPlot;
import org.bitdistillery.ui.run.RunViewModel;

/// What of a run is drawn while it goes: the stage, its curves and the weights of a tensor.
public final class LiveViewModel {

    /// Losses in the order of the legend.
    static final List<Metric> LOSSES = List.of(
            Metric.TOTAL_LOSS, Metric.CROSS_ENTROPY, Metric.LOGITS_LOSS, Metric.RELATION_LOSS, Metric.VALIDATION_LOSS);
    static final String ALL_TENSORS = "all";
    static final int NEWEST = -1;

    /// A loss as it is drawn.
    ///
    /// @param weight that the loss is drawn with: 1 where the parts are drawn as they were measured
    public record LossCurve(Metric metric, double weight, Points raw, Points smooth) {}

    private final RunViewModel run;
    private final ObservableList<StageId> stages = FXCollections.observableArrayList();
    private final ObjectProperty<StageId> stage = new SimpleObjectProperty<>();
    private final BooleanProperty following = new SimpleBooleanProperty(true);
    private final Map<Metric, BooleanProperty> shown = new EnumMap<>(Metric.class);
    private final DoubleProperty smoothing = new SimpleDoubleProperty(0.9);
    private final BooleanProperty logScale = new SimpleBooleanProperty();
    private final BooleanProperty weighted = new SimpleBooleanProperty(true);
    private final ObservableList<String> tensors = FXCollections.observableArrayList();
    private final StringProperty tensor = new SimpleStringProperty(ALL_TENSORS);
    private final ObjectProperty<WeightMeasure> measure = new SimpleObjectProperty<>(WeightMeasure.ZERO_FRACTION);
    private final IntegerProperty snapshot = new SimpleIntegerProperty(NEWEST);

    public LiveViewModel(RunViewModel run) {
        this.run = run;
        LOSSES.forEach(metric -> shown.put(metric, new SimpleBooleanProperty(true)));
        run.handleProperty().addListener((_, _, _) -> following.set(true));
        run.updatesProperty().addListener((_, _, _) -> update());
    }

    public RunViewModel run() {
        return run;
    }

    /// The losses of the chosen stage that it has and that are switched on.
    public List<LossCurve> lossCurves() {
        if (stage.get() == null) {
            return List.of();
        }
        List<LossCurve> curves = new ArrayList<>();
        for (Metric metric : LOSSES) {
            if (shown.get(metric).get() && hasCurve(metric)) {
                double factor = weighted.get() ? weight(metric).orElse(1.0) : 1;
                Points raw = scaled(history().curve(stage.get(), metric).points(), factor);
                boolean validation = metric == Metric.VALIDATION_LOSS;
                curves.add(new LossCurve(metric, factor, raw, validation ? null : Smoothing.exponential(raw, smoothing.get())));
            }
        }
        return curves;
    }

    public Points curve(Metric metric) {
        return stage.get() == null ? Points.NONE : history().curve(stage.get(), metric).points();
    }

    boolean hasCurve(Metric metric) {
        return stage.get() != null && !history().curve(stage.get(), metric).isEmpty();
    }

    /// The weight with which a part counts in the total of the chosen stage; empty for what is no part.
    public Optional<Double> weight(Metric metric) {
        if (run.experimentProperty().get() == null || stage.get() != StageId.DISTILL) {
            return Optional.empty();
        }
        DistillStage distill = run.experimentProperty().get().distill();
        return switch (metric) {
            case CROSS_ENTROPY -> Optional.of(1.0);
            case LOGITS_LOSS -> Optional.of(distill.logitsWeight());
            case RELATION_LOSS -> Optional.of(distill.relationWeight());
            default -> Optional.empty();
        };
    }

    /// Of the newest validation, where the chosen stage trains on plain text: the exponential of its loss.
    public Optional<Double> validationPerplexity() {
        boolean text = stage.get() == StageId.TEACHER || stage.get() == StageId.PRETRAIN;
        return text && hasCurve(Metric.VALIDATION_LOSS)
                ? Optional.of(Math.exp(history().curve(stage.get(), Metric.VALIDATION_LOSS).last())) : Optional.empty();
    }

    /// Samples of the chosen tensor, oldest first; empty where there are none.
    public List<WeightHistory.Snapshot> snapshots() {
        return weights().map(WeightHistory::snapshots).orElse(List.of());
    }

    public Optional<WeightHistory> weights() {
        return stage.get() == null ? Optional.empty() : history().weights(stage.get(), tensor.get());
    }

    /// The sample that the scrubber points at.
    public Optional<WeightHistory.Snapshot> shownSnapshot() {
        List<WeightHistory.Snapshot> all = snapshots();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        int index = snapshot.get() == NEWEST ? all.size() - 1 : Math.clamp(snapshot.get(), 0, all.size() - 1);
        return Optional.of(all.get(index));
    }

    /// The chosen measure of every projection in the chosen stage.
    public HeatMap heatMap() {
        return stage.get() == null ? HeatMap.EMPTY : HeatMap.of(history(), stage.get(), measure.get());
    }

    /// Activations in front of each projection, without and with the norms of stage 1.
    public List<DotPlot.Row> activations() {
        return history().activations().stream()
                .map(site -> new DotPlot.Row(site.layer() + " " + site.site(), site.before(), site.after(), false))
                .toList();
    }

    /// Relation distance of each layer before distillation.
    public List<DotPlot.Row> advice() {
        return history().advice().stream()
                .flatMap(advice -> advice.layers().stream().map(layer -> new DotPlot.Row(
                        "layer " + layer.layer(), Double.NaN, layer.distance(), layer.layer() == advice.recommended())))
                .toList();
    }

    /// A few words for what the layer advisor recommends; empty where it was not asked.
    public String recommendation() {
        return history().advice().map(advice -> "layer " + advice.recommended() + " recommended").orElse("");
    }

    /// The newest step of the chosen stage.
    public Optional<StepDone> newestStep() {
        return stage.get() == null ? Optional.empty() : history().newestStep(stage.get());
    }

    public Optional<Duration> timeLeft(Instant now) {
        return run.history().progress().eta(now);
    }

    RunHistory history() {
        return run.history();
    }

    /// A person chose a stage: the view no longer jumps to the one that runs.
    public void choose(StageId chosen) {
        following.set(chosen == currentStage());
        stage.set(chosen);
    }

    public ObservableList<StageId> stages() {
        return stages;
    }

    public ObjectProperty<StageId> stageProperty() {
        return stage;
    }

    public BooleanProperty shownProperty(Metric metric) {
        return shown.get(metric);
    }

    /// Weight of the moving average, 0..0.99.
    public DoubleProperty smoothingProperty() {
        return smoothing;
    }

    public BooleanProperty logScaleProperty() {
        return logScale;
    }

    /// Whether parts are drawn times their weight, so that they add up to the total.
    public BooleanProperty weightedProperty() {
        return weighted;
    }

    public ObservableList<String> tensors() {
        return tensors;
    }

    public StringProperty tensorProperty() {
        return tensor;
    }

    /// What the heat map shows.
    public ObjectProperty<WeightMeasure> measureProperty() {
        return measure;
    }

    /// Index into [#snapshots], or [#NEWEST].
    public IntegerProperty snapshotProperty() {
        return snapshot;
    }

    private void update() {
        List<StageId> trained = history().trainedStages();
        if (!stages.equals(trained)) {
            stages.setAll(trained);
        }
        StageId current = currentStage();
        if (following.get() || !trained.contains(stage.get())) {
            stage.set(current);
        }
        List<String> sampled = stage.get() == null ? List.of() : history().tensors(stage.get());
        if (!tensors.equals(sampled)) {
            String before = tensor.get();
            tensors.setAll(sampled);
            tensor.set(sampled.contains(before) || sampled.isEmpty()
                    ? Objects.requireNonNullElse(before, ALL_TENSORS) : sampled.getFirst());
        }
    }

    /// The stage that trains now, or the one that trained last.
    private StageId currentStage() {
        List<StageId> trained = history().trainedStages();
        if (trained.isEmpty()) {
            return null;
        }
        return history().progress().current().filter(trained::contains)
                .orElseGet(() -> trained.contains(StageId.DISTILL) && !run.phaseProperty().get().isLive()
                        ? StageId.DISTILL : trained.getLast());
    }

    private static Points scaled(Points points, double factor) {
        if (factor == 1) {
            return points;
        }
        double[] y = points.y().clone();
        for (int i = 0; i < y.length; i++) {
            y[i] *= factor;
        }
        return new Points(points.x(), y);
    }
}
