package org.bitdistillery.ui.chart;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.UnaryOperator;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import org.bitdistillery.analysis.HeatMap;
import org.bitdistillery.analysis.Units;

/// A measure of every tensor over the steps, as colors between the smallest and the largest value.
public final class HeatMapChart extends ChartCanvas {

    private static final double TOP = 6;
    private static final double RIGHT = 14;
    private static final double BOTTOM = 38;
    private static final double LEGEND_WIDTH = 120;
    private static final double LEGEND_HEIGHT = 8;
    private static final double LEAST_ROW_LABEL = 13;

    private final ReadOut readOut = new ReadOut(this);
    private HeatMap map = HeatMap.EMPTY;
    private DoubleFunction<String> valueText = Units::number;
    private UnaryOperator<String> rowName = UnaryOperator.identity();
    private String placeholder = "";
    private double low;
    private double high;
    private double left;
    private double pointerX = Double.NaN;
    private double pointerY = Double.NaN;

    public HeatMapChart() {
        getStyleClass().add("heat-map-chart");
        setOnMouseMoved(event -> point(event.getX(), event.getY()));
        setOnMouseExited(_ -> point(Double.NaN, Double.NaN));
    }

    /// @param rowName   how a row is called on the axis and in the read-out
    /// @param valueText how a value is written
    public void setMap(HeatMap map, UnaryOperator<String> rowName, DoubleFunction<String> valueText) {
        this.map = map;
        this.rowName = rowName;
        this.valueText = valueText;
        redraw();
    }

    public HeatMap map() {
        return map;
    }

    public void setPlaceholder(String placeholder) {
        this.placeholder = placeholder;
    }

    private void point(double x, double y) {
        pointerX = x;
        pointerY = y;
        redrawOverlay();
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        if (map.isEmpty()) {
            text(g, placeholder, width / 2, height / 2, TextAlignment.CENTER, VPos.CENTER, ChartColor.MUTED);
            return;
        }
        findRange();
        left = 12 + map.rows().stream().mapToDouble(row -> textWidth(rowName.apply(row))).max().orElse(0);
        double rowHeight = rowHeight(height);
        double columnWidth = columnWidth(width);
        int every = (int) Math.ceil(LEAST_ROW_LABEL / rowHeight);
        for (int row = 0; row < map.rows().size(); row++) {
            double y = TOP + row * rowHeight;
            for (int column = 0; column < map.steps().length; column++) {
                double value = map.values()[row][column];
                if (!Double.isNaN(value)) {
                    g.setFill(shade(value));
                    double x = Math.floor(left + column * columnWidth);
                    g.fillRect(x, Math.floor(y), Math.ceil(left + (column + 1) * columnWidth) - x, Math.ceil(y + rowHeight) - Math.floor(y));
                }
            }
            if (row % every == 0) {
                text(g, rowName.apply(map.rows().get(row)), left - 8, y + rowHeight / 2, TextAlignment.RIGHT, VPos.CENTER, ChartColor.MUTED);
            }
        }
        drawAxis(g, width, height);
    }

    private void findRange() {
        low = Double.POSITIVE_INFINITY;
        high = Double.NEGATIVE_INFINITY;
        for (double[] row : map.values()) {
            for (double value : row) {
                low = Double.isNaN(value) ? low : Math.min(low, value);
                high = Double.isNaN(value) ? high : Math.max(high, value);
            }
        }
    }

    private void drawAxis(GraphicsContext g, double width, double height) {
        double y = height - BOTTOM + 5;
        double[] steps = map.steps();
        text(g, step(steps[0]), left, y, TextAlignment.LEFT, VPos.TOP, ChartColor.MUTED);
        if (steps.length > 1) {
            text(g, "step " + step(steps[steps.length - 1]), width - RIGHT, y, TextAlignment.RIGHT, VPos.TOP, ChartColor.MUTED);
        }
        double legend = (left + width - RIGHT - LEGEND_WIDTH) / 2;
        double top = height - LEGEND_HEIGHT - 5;
        for (int i = 0; i < LEGEND_WIDTH; i++) {
            g.setFill(shade(low + (high - low) * i / (LEGEND_WIDTH - 1)));
            g.fillRect(legend + i, top, 1.5, LEGEND_HEIGHT);
        }
        text(g, valueText.apply(low), legend - 6, top + LEGEND_HEIGHT / 2, TextAlignment.RIGHT, VPos.CENTER, ChartColor.MUTED);
        text(g, valueText.apply(high), legend + LEGEND_WIDTH + 6, top + LEGEND_HEIGHT / 2, TextAlignment.LEFT, VPos.CENTER, ChartColor.MUTED);
    }

    private static String step(double step) {
        return String.format(Locale.ROOT, "%,.0f", step);
    }

    /// From the grid's color for the smallest value to a series' color for the largest.
    private Color shade(double value) {
        double share = high > low ? (value - low) / (high - low) : 0.5;
        return color(ChartColor.GRID).interpolate(color(ChartColor.SERIES_4), share);
    }

    private double rowHeight(double height) {
        return (height - TOP - BOTTOM) / map.rows().size();
    }

    private double columnWidth(double width) {
        return (width - left - RIGHT) / map.steps().length;
    }

    @Override
    protected void drawOverlay(GraphicsContext g, double width, double height) {
        if (map.isEmpty() || Double.isNaN(pointerX)) {
            return;
        }
        int row = (int) Math.floor((pointerY - TOP) / rowHeight(height));
        int column = (int) Math.floor((pointerX - left) / columnWidth(width));
        if (row < 0 || row >= map.rows().size() || column < 0 || column >= map.steps().length) {
            return;
        }
        double value = map.values()[row][column];
        String shown = Double.isNaN(value) ? Units.UNKNOWN : valueText.apply(value);
        readOut.draw(g, rowName.apply(map.rows().get(row)), List.of(new ReadOut.Row(null, "step " + step(map.steps()[column]), shown)),
                pointerX, Math.max(0, Math.min(pointerY, height - 60)), width);
    }
}
