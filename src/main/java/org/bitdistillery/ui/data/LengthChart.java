package org.bitdistillery.ui.data;

import javafx.scene.chart.BarChart;
import javafx.scene.chart.CategoryAxis;
import javafx.scene.chart.NumberAxis;
import javafx.scene.chart.XYChart;
import org.bitdistillery.event.DataReport;

/// Rows by their length in tokens; the bars of rows that are too long stand out.
final class LengthChart extends BarChart<String, Number> {

    LengthChart(DataReport.TokenLengths lengths) {
        super(new CategoryAxis(), new NumberAxis());
        setId("length-chart");
        setAnimated(false);
        setLegendVisible(false);
        setCategoryGap(1);
        setBarGap(0);
        getXAxis().setLabel("Tokens of prompt and answer");
        getYAxis().setLabel("Rows");
        XYChart.Series<String, Number> series = new XYChart.Series<>();
        for (int bin = 0; bin < lengths.bins().size(); bin++) {
            series.getData().add(new XYChart.Data<>(Integer.toString(bin * lengths.binWidth()), lengths.bins().get(bin)));
        }
        getData().add(series);
        for (int bin = 0; bin < lengths.bins().size(); bin++) {
            boolean tooLong = bin * lengths.binWidth() > lengths.limit();
            series.getData().get(bin).getNode().getStyleClass().add(tooLong ? "bar-too-long" : "bar-fits");
        }
        setMinHeight(190);
        setPrefHeight(210);
    }
}
