package org.bitdistillery.ui.study;

import java.util.List;
import java.util.function.Function;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.bitdistillery.analysis.Metric;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.StageId;
import org.bitdistillery.ui.chart.ComparedRuns;
import org.bitdistillery.ui.chart.Curve;
import org.bitdistillery.ui.chart.CurveChart;
import org.bitdistillery.ui.chart.CurveLegend;

/// One curve of several runs, laid over each other.
final class ComparisonPane extends VBox {

    private static final double SMOOTHING = 0.9;

    private final StudyViewModel model;
    private final CurveChart chart = new CurveChart();
    private final ComboBox<StageId> stage = new ComboBox<>();
    private final ComboBox<Metric> metric = new ComboBox<>();
    private final ToggleButton smooth = new ToggleButton("smooth");
    private final CurveLegend legend = new CurveLegend();
    private boolean refreshing;

    ComparisonPane(StudyViewModel model) {
        this.model = model;
        getStyleClass().add("card");
        setSpacing(8);
        Label title = new Label("Compare");
        title.getStyleClass().add("card-title");
        title.setMinWidth(USE_PREF_SIZE);
        stage.setId("compare-stage");
        stage.getStyleClass().add("small-control");
        stage.setConverter(titles(StageId::title));
        metric.setId("compare-metric");
        metric.getStyleClass().add("small-control");
        metric.setConverter(titles(Metric::title));
        ToggleButton log = new ToggleButton("log");
        log.getStyleClass().add("chip");
        log.setTooltip(new Tooltip("Logarithmic scale"));
        chart.logScaleProperty().bind(log.selectedProperty());
        smooth.getStyleClass().add("chip");
        smooth.setSelected(true);
        smooth.setTooltip(new Tooltip("Draw a moving average in front of the values"));
        log.setMinWidth(USE_PREF_SIZE);
        smooth.setMinWidth(USE_PREF_SIZE);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox header = new HBox(8, title, gap, smooth, log, metric, stage);
        header.setAlignment(Pos.CENTER_LEFT);
        chart.setId("compare-chart");
        chart.setPlaceholder("Select up to " + ComparedRuns.MOST + " runs in the list to lay their curves over each other");
        chart.setValueText(Units::loss);
        VBox.setVgrow(chart, Priority.ALWAYS);
        getChildren().addAll(header, legend, chart);
        stage.valueProperty().addListener((_, _, chosen) -> choose(() -> model.stageProperty().set(chosen)));
        metric.valueProperty().addListener((_, _, chosen) -> choose(() -> model.metricProperty().set(chosen)));
        smooth.selectedProperty().addListener((_, _, _) -> refresh());
        model.comparedProperty().addListener((_, _, _) -> refresh());
        refresh();
    }

    private void choose(Runnable change) {
        if (!refreshing) {
            change.run();
            refresh();
        }
    }

    private void refresh() {
        ComparedRuns runs = model.comparedProperty().get();
        StageId shown = model.stageProperty().get();
        List<Metric> metrics = shown == null ? List.of() : runs.metrics(shown);
        refreshing = true;
        fill(stage, runs.stages(), shown);
        fill(metric, metrics, metrics.contains(model.metricProperty().get()) ? model.metricProperty().get() : null);
        refreshing = false;
        List<Curve> curves = shown == null || metric.getValue() == null
                ? List.of() : runs.curves(shown, metric.getValue(), smooth.isSelected() ? SMOOTHING : 0);
        chart.setCurves(curves);
        legend.setCurves(curves);
    }

    private static <T> void fill(ComboBox<T> box, List<T> items, T chosen) {
        ObservableList<T> wanted = FXCollections.observableArrayList(items);
        if (!box.getItems().equals(wanted)) {
            box.setItems(wanted);
        }
        box.setValue(chosen);
        box.setVisible(!items.isEmpty());
        box.setManaged(!items.isEmpty());
    }

    private static <T> StringConverter<T> titles(Function<T, String> title) {
        return new StringConverter<>() {
            @Override
            public String toString(T value) {
                return value == null ? "" : title.apply(value);
            }

            @Override
            public T fromString(String text) {
                throw new UnsupportedOperationException("the boxes are not editable");
            }
        };
    }
}
