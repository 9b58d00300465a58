package org.bitdistillery.ui.live;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.analysis.Metric;
import org.bitdistillery.analysis.Points;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.analysis.WeightHistory;
import org.bitdistillery.analysis.WeightMeasure;
import org.bitdistillery.ui.chart.ChartColor;
import org.bitdistillery.ui.chart.Curve;
import org.bitdistillery.ui.chart.CurveChart;
import org.bitdistillery.ui.chart.CurveLegend;

/// Small charts of what explains a loss curve.
final class DynamicsPane extends GridPane {

    private static final int COLUMNS = 3;
    /// So that the row is high enough for the legend where a card is as narrow as this.
    private static final double NARROWEST_CARD = 150;
    private static final Map<WeightMeasure, ChartColor> TERNARY = new EnumMap<>(Map.of(
            WeightMeasure.ZERO_FRACTION, ChartColor.ZERO, WeightMeasure.BOUNDARY_MASS, ChartColor.BOUNDARY,
            WeightMeasure.FLIP_RATE, ChartColor.SERIES_4));

    private final LiveViewModel live;
    private final CurveChart gradient = chart("gradient-chart", "Gradient norm", "Global L2 norm before clipping", Units::number, 0);
    private final CurveChart rate = chart("rate-chart", "Learning rate", "Of each update", Units::number, 1);
    private final CurveLegend shares = new CurveLegend();
    private final CurveChart ternary = chart(
            "ternary-chart", "Weight shares",
            "Zero fraction, boundary mass and flip rate since the last sample, of the chosen tensor", Units::percent, 2, shares);

    DynamicsPane(LiveViewModel live) {
        this.live = live;
        getStyleClass().add("dynamics");
        shares.setPrefWrapLength(NARROWEST_CARD);
        setHgap(12);
        for (int i = 0; i < COLUMNS; i++) {
            ColumnConstraints column = new ColumnConstraints();
            column.setPercentWidth(100.0 / COLUMNS);
            getColumnConstraints().add(column);
        }
    }

    void refresh() {
        gradient.setCurves(curves(Metric.GRADIENT_NORM, ChartColor.SERIES_1));
        rate.setCurves(curves(Metric.LEARNING_RATE, ChartColor.SERIES_2));
        List<Curve> ofWeights = live.weights().map(DynamicsPane::ternaryCurves).orElse(List.of());
        ternary.setCurves(ofWeights);
        shares.setCurves(ofWeights);
    }

    private List<Curve> curves(Metric metric, ChartColor color) {
        Points points = live.curve(metric);
        return points.isEmpty() ? List.of() : List.of(Curve.line(metric.title(), color, points));
    }

    private static List<Curve> ternaryCurves(WeightHistory history) {
        List<Curve> curves = new ArrayList<>();
        TERNARY.forEach((measure, color) -> {
            Points points = history.curve(measure).points();
            if (!points.isEmpty()) {
                curves.add(Curve.line(measure.title(), color, points));
            }
        });
        return curves;
    }

    private CurveChart chart(String id, String title, String detail, DoubleFunction<String> valueText, int column, Node... legend) {
        CurveChart chart = new CurveChart();
        chart.setId(id);
        chart.setValueText(valueText);
        chart.setPrefHeight(120);
        chart.setMinHeight(90);
        Label name = new Label(title);
        name.getStyleClass().add("card-title");
        name.setTooltip(new Tooltip(detail));
        VBox card = new VBox(4, name);
        card.getChildren().addAll(legend);
        card.getChildren().add(chart);
        card.getStyleClass().addAll("card", "small-card");
        card.setMinWidth(Region.USE_COMPUTED_SIZE);
        VBox.setVgrow(chart, Priority.ALWAYS);
        GridPane.setVgrow(card, Priority.ALWAYS);
        add(card, column, 0);
        return chart;
    }
}
