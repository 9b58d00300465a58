package org.bitdistillery.ui.live;

import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.bitdistillery.analysis.HeatMap;
import org.bitdistillery.analysis.WeightMeasure;
import org.bitdistillery.ui.chart.ChartCanvas;
import org.bitdistillery.ui.chart.DotPlot;
import org.bitdistillery.ui.chart.HeatMapChart;

/// The model layer by layer: a measure of every projection over the steps, what SubLN did to the activations, and what the
/// layer advisor saw.
final class LayersPane extends GridPane {

    private static final double HEIGHT = 240;

    private final LiveViewModel live;
    private final HeatMapChart heatMap = new HeatMapChart();
    private final DotPlot activations = new DotPlot(true);
    private final DotPlot advice = new DotPlot(false);
    private final ComboBox<WeightMeasure> measure = new ComboBox<>();
    private final Label recommendation = new Label();

    LayersPane(LiveViewModel live) {
        this.live = live;
        getStyleClass().add("layers-pane");
        setHgap(12);
        setVgap(12);
        heatMap.setId("heat-map");
        heatMap.setPlaceholder("Appears when a quantized stage trains");
        activations.setId("activation-rms");
        activations.setPlaceholder("Measured in the SubLN stage");
        advice.setId("layer-advice");
        advice.setPlaceholder("Measured before distillation");
        recommendation.getStyleClass().add("muted");
        measure.setId("heat-map-measure");
        measure.getStyleClass().add("small-control");
        measure.getItems().setAll(WeightMeasure.values());
        measure.setConverter(titles());
        measure.valueProperty().bindBidirectional(live.measureProperty());
        live.measureProperty().addListener((_, _, _) -> refresh());
        for (double share : new double[] {46, 27, 27}) {
            ColumnConstraints column = new ColumnConstraints();
            column.setPercentWidth(share);
            getColumnConstraints().add(column);
        }
        add(card("Projections over steps", "Each row is a projection, each column a sample", measure, heatMap), 0, 0);
        add(card("Activation RMS", "In front of each projection: grey without the norms of stage 1, blue with them", null, activations), 1, 0);
        add(card("Relation distance", "Between teacher and student before distillation, in nats; orange is recommended",
                recommendation, advice), 2, 0);
    }

    void refresh() {
        WeightMeasure shown = live.measureProperty().get();
        heatMap.setMap(live.heatMap(), HeatMap::shortName, shown::text);
        activations.setRows(live.activations());
        advice.setRows(live.advice());
        recommendation.setText(live.recommendation());
    }

    private static StringConverter<WeightMeasure> titles() {
        return new StringConverter<>() {
            @Override
            public String toString(WeightMeasure value) {
                return value == null ? "" : value.title();
            }

            @Override
            public WeightMeasure fromString(String text) {
                return List.of(WeightMeasure.values()).stream().filter(value -> value.title().equals(text)).findFirst().orElseThrow();
            }
        };
    }

    private static VBox card(String title, String help, Region control, ChartCanvas chart) {
        Label name = new Label(title);
        name.getStyleClass().add("card-title");
        name.setTooltip(new Tooltip(help));
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox header = new HBox(8, name, gap);
        if (control != null) {
            header.getChildren().add(control);
        }
        header.setAlignment(Pos.CENTER_LEFT);
        header.setMinHeight(28);
        chart.setPrefHeight(HEIGHT);
        VBox card = new VBox(4, header, chart);
        card.getStyleClass().addAll("card", "small-card");
        card.setMinWidth(0);
        VBox.setVgrow(chart, Priority.ALWAYS);
        return card;
    }
}
