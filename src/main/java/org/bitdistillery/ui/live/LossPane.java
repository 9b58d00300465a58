package org.bitdistillery.ui.live;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.bitdistillery.analysis.Metric;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.StageId;
import org.bitdistillery.ui.chart.ChartColor;
import org.bitdistillery.ui.chart.Curve;
import org.bitdistillery.ui.chart.CurveChart;

/// The loss of a stage, whole and in its parts.
final class LossPane extends VBox {

    private static final double LEAST_CHART_HEIGHT = 150;
    private static final Map<Metric, ChartColor> COLORS = new EnumMap<>(Map.of(
            Metric.TOTAL_LOSS, ChartColor.SERIES_1, Metric.CROSS_ENTROPY, ChartColor.SERIES_2, Metric.LOGITS_LOSS, ChartColor.SERIES_3,
            Metric.RELATION_LOSS, ChartColor.SERIES_4, Metric.VALIDATION_LOSS, ChartColor.SERIES_5));

    private final Label unit = new Label("nats");
    private final LiveViewModel live;
    private final CurveChart chart = new CurveChart();
    private final ComboBox<StageId> stage = new ComboBox<>();
    private final Map<Metric, ToggleButton> parts = new EnumMap<>(Metric.class);
    private final ToggleButton weighted = new ToggleButton("weighted");
    private boolean refreshing;

    LossPane(LiveViewModel live) {
        this.live = live;
        getStyleClass().addAll("card", "loss-pane");
        setSpacing(8);
        chart.setId("loss-chart");
        chart.setValueText(Units::loss);
        chart.setPlaceholder("The loss appears with the first step");
        chart.logScaleProperty().bind(live.logScaleProperty());
        VBox.setVgrow(chart, Priority.ALWAYS);
        chart.setMinHeight(LEAST_CHART_HEIGHT);
        getChildren().addAll(header(), controls(), legend(), chart);
        live.smoothingProperty().addListener((_, _, _) -> refresh());
        live.weightedProperty().addListener((_, _, _) -> refresh());
    }

    void refresh() {
        refreshing = true;
        if (!stage.getItems().equals(live.stages())) {
            stage.getItems().setAll(live.stages());
        }
        stage.setValue(live.stageProperty().get());
        stage.setDisable(live.stages().isEmpty());
        refreshing = false;
        parts.forEach((metric, button) -> {
            boolean there = live.hasCurve(metric);
            button.setVisible(there);
            button.setManaged(there);
            button.setText(metric.title() + live.weight(metric).map(weight -> " × " + factor(weight)).orElse(""));
        });
        boolean hasWeights = live.weight(Metric.CROSS_ENTROPY).isPresent();
        weighted.setVisible(hasWeights);
        weighted.setManaged(hasWeights);
        unit.setText(live.validationPerplexity().map(perplexity -> "nats, validation perplexity " + Units.number(perplexity)).orElse("nats"));
        chart.setCurves(live.lossCurves().stream().map(LossPane::curve).toList());
    }

    private static String factor(double weight) {
        return weight >= 1e4 ? String.format(Locale.ROOT, "%.3g", weight).replaceFirst("\\.?0*e\\+0?", "e") : Units.number(weight);
    }

    private static Curve curve(LiveViewModel.LossCurve loss) {
        boolean validation = loss.metric() == Metric.VALIDATION_LOSS;
        return new Curve(loss.metric().title(), COLORS.get(loss.metric()), loss.raw(), loss.smooth(), validation);
    }

    private Node header() {
        Label title = new Label("Loss");
        title.getStyleClass().add("card-title");
        unit.getStyleClass().add("muted");
        stage.setId("loss-stage");
        stage.setConverter(stageNames());
        stage.setTooltip(new Tooltip("Stage whose curves are shown"));
        stage.getStyleClass().add("small-control");
        stage.valueProperty().addListener((_, _, chosen) -> {
            if (!refreshing && chosen != null) {
                live.choose(chosen);
                refresh();
            }
        });
        title.setMinWidth(USE_PREF_SIZE);
        HBox header = new HBox(8, title, gap(), stage);
        header.setAlignment(Pos.CENTER_LEFT);
        return header;
    }

    private HBox controls() {
        ToggleButton log = new ToggleButton("log");
        log.setId("loss-log");
        log.setTooltip(new Tooltip("Logarithmic scale"));
        log.getStyleClass().add("chip");
        log.selectedProperty().bindBidirectional(live.logScaleProperty());
        weighted.setId("loss-weighted");
        weighted.getStyleClass().add("chip");
        weighted.setTooltip(new Tooltip("Draw each part times its weight: then the parts add up to the total"));
        weighted.selectedProperty().bindBidirectional(live.weightedProperty());
        Slider smoothing = new Slider(0, 0.99, live.smoothingProperty().get());
        smoothing.setId("loss-smoothing");
        smoothing.setPrefWidth(90);
        smoothing.setTooltip(new Tooltip("Smoothing: weight of the moving average. The faint line is not smoothed."));
        smoothing.valueProperty().bindBidirectional(live.smoothingProperty());
        Label smooth = new Label("Smoothing");
        smooth.getStyleClass().add("muted");
        HBox controls = new HBox(8, unit, gap(), smooth, smoothing, log, weighted);
        controls.setAlignment(Pos.CENTER_LEFT);
        List.of(smooth, log, weighted).forEach(control -> control.setMinWidth(USE_PREF_SIZE));
        return controls;
    }

    private static Region gap() {
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        return gap;
    }

    private Node legend() {
        FlowPane legend = new FlowPane(6, 6);
        legend.setAlignment(Pos.CENTER_LEFT);
        legend.getStyleClass().add("legend");
        for (Metric metric : LiveViewModel.LOSSES) {
            ToggleButton button = new ToggleButton(metric.title());
            button.setId("loss-part-" + metric.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            button.getStyleClass().addAll("chip", "legend-chip");
            button.setGraphic(swatch(metric));
            button.selectedProperty().bindBidirectional(live.shownProperty(metric));
            button.selectedProperty().addListener((_, _, _) -> refresh());
            button.setVisible(false);
            button.setManaged(false);
            parts.put(metric, button);
        }
        legend.getChildren().addAll(parts.values());
        return legend;
    }

    private static Region swatch(Metric metric) {
        Region swatch = new Region();
        swatch.getStyleClass().addAll("swatch", COLORS.get(metric).name().toLowerCase(Locale.ROOT).replace('_', '-'));
        return swatch;
    }

    private static StringConverter<StageId> stageNames() {
        return new StringConverter<>() {
            @Override
            public String toString(StageId stage) {
                return stage == null ? "" : stage.title();
            }

            @Override
            public StageId fromString(String text) {
                return List.of(StageId.values()).stream().filter(stage -> stage.title().equals(text)).findFirst().orElse(null);
            }
        };
    }
}
