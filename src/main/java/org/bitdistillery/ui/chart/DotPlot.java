package org.bitdistillery.ui.chart;

import java.util.List;
import java.util.function.DoubleFunction;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.text.TextAlignment;
import org.bitdistillery.analysis.Units;

/// One or two values for each row on a common axis: a dot, or the way from one dot to another.
public final class DotPlot extends ChartCanvas {

    /// @param before where the way begins, or NaN for a single dot
    /// @param marked drawn in the color of what is recommended
    public record Row(String name, double before, double value, boolean marked) {}

    private static final double TOP = 6;
    private static final double RIGHT = 24;
    private static final double BOTTOM = 24;
    private static final double PIXELS_PER_TICK = 80;
    private static final double DOT = 4.5;
    private static final double LEAST_ROW = 14;

    private final boolean logarithmic;
    private List<Row> rows = List.of();
    private DoubleFunction<String> valueText = Units::number;
    private String placeholder = "";

    /// @param logarithmic for values that differ by orders of magnitude
    public DotPlot(boolean logarithmic) {
        this.logarithmic = logarithmic;
        getStyleClass().add("dot-plot");
    }

    public void setRows(List<Row> rows) {
        this.rows = List.copyOf(rows);
        setMinHeight(TOP + BOTTOM + LEAST_ROW * Math.max(4, rows.size()));
        redraw();
    }

    public List<Row> rows() {
        return rows;
    }

    public void setPlaceholder(String placeholder) {
        this.placeholder = placeholder;
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        if (rows.isEmpty()) {
            text(g, placeholder, width / 2, height / 2, TextAlignment.CENTER, VPos.CENTER, ChartColor.MUTED);
            return;
        }
        double low = rows.stream().mapToDouble(row -> Double.isNaN(row.before()) ? row.value() : Math.min(row.before(), row.value()))
                .filter(value -> !logarithmic || value > 0).min().orElse(1e-3);
        double high = rows.stream().mapToDouble(row -> Double.isNaN(row.before()) ? row.value() : Math.max(row.before(), row.value()))
                .max().orElse(1);
        double left = 16 + rows.stream().mapToDouble(row -> textWidth(row.name())).max().orElse(0);
        Scale x = logarithmic
                ? new Scale(low / 1.5, high * 1.5, left, width - RIGHT, true)
                : new Scale(Math.min(0, low), high * 1.05, left, width - RIGHT, false);
        double bottom = height - BOTTOM;
        List<Double> ticks = x.ticks((int) Math.max(2, (width - RIGHT - left) / PIXELS_PER_TICK));
        for (double tick : ticks) {
            g.setStroke(color(ChartColor.GRID));
            line(g, x.pixel(tick), TOP, x.pixel(tick), bottom);
            text(g, valueText.apply(tick), x.pixel(tick), bottom + 6, TextAlignment.CENTER, VPos.TOP, ChartColor.MUTED);
        }
        double step = (bottom - TOP) / rows.size();
        for (int i = 0; i < rows.size(); i++) {
            drawRow(g, rows.get(i), x, left, TOP + (i + 0.5) * step, Math.max(low, 1e-12));
        }
    }

    private void drawRow(GraphicsContext g, Row row, Scale x, double left, double y, double least) {
        text(g, row.name(), left - 10, y, TextAlignment.RIGHT, VPos.CENTER, row.marked() ? ChartColor.TEXT : ChartColor.MUTED);
        double to = x.pixel(logarithmic ? Math.max(least, row.value()) : row.value());
        ChartColor front = row.marked() ? ChartColor.SERIES_3 : ChartColor.SERIES_1;
        if (Double.isNaN(row.before())) {
            g.setStroke(color(front, 0.35));
            line(g, left, y, to, y);
        } else {
            double from = x.pixel(logarithmic ? Math.max(least, row.before()) : row.before());
            g.setStroke(color(ChartColor.AXIS));
            line(g, from, y, to, y);
            g.setFill(color(ChartColor.ZERO));
            g.fillOval(from - DOT, y - DOT, 2 * DOT, 2 * DOT);
        }
        g.setFill(color(front));
        g.fillOval(to - DOT, y - DOT, 2 * DOT, 2 * DOT);
    }

    @Override
    protected void drawOverlay(GraphicsContext g, double width, double height) {
        // Values are read from the axis.
    }
}
