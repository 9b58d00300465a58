package org.bitdistillery.ui.chart;

import java.util.List;
import java.util.Locale;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.text.TextAlignment;

/// Shares with their confidence intervals, one row each, on one axis: what overlaps is not told apart by the data.
public final class IntervalChart extends ChartCanvas {

    /// @param value, low, high 0..1
    public record Row(String name, ChartColor color, double value, double low, double high) {}

    private static final double TOP = 8;
    private static final double RIGHT = 20;
    private static final double BOTTOM = 24;
    private static final double PIXELS_PER_TICK = 80;

    private List<Row> rows = List.of();
    private String placeholder = "";

    public IntervalChart() {
        getStyleClass().add("interval-chart");
    }

    public void setRows(List<Row> rows) {
        this.rows = List.copyOf(rows);
        redraw();
    }

    /// What stands there as long as there is no row.
    public void setPlaceholder(String placeholder) {
        this.placeholder = placeholder;
        redraw();
    }

    public List<Row> rows() {
        return rows;
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        if (rows.isEmpty()) {
            text(g, placeholder, width / 2, height / 2, TextAlignment.CENTER, VPos.CENTER, ChartColor.MUTED);
            return;
        }
        double low = rows.stream().mapToDouble(Row::low).min().orElse(0);
        double high = rows.stream().mapToDouble(Row::high).max().orElse(1);
        double room = Math.max(0.01, 0.08 * (high - low));
        double left = 16 + rows.stream().mapToDouble(row -> textWidth(row.name())).max().orElse(0);
        double bottom = height - BOTTOM;
        Scale x = new Scale(100 * Math.max(0, low - room), 100 * Math.min(1, high + room), left, width - RIGHT, false);
        List<Double> ticks = x.ticks((int) Math.max(2, (width - RIGHT - left) / PIXELS_PER_TICK));
        List<String> labels = Scale.labels(ticks, false);
        for (int i = 0; i < ticks.size(); i++) {
            double at = x.pixel(ticks.get(i));
            g.setStroke(color(ChartColor.GRID));
            line(g, at, TOP, at, bottom);
            text(g, labels.get(i) + " %", at, bottom + 6, TextAlignment.CENTER, VPos.TOP, ChartColor.MUTED);
        }
        double step = (bottom - TOP) / rows.size();
        for (int i = 0; i < rows.size(); i++) {
            drawRow(g, rows.get(i), x, left, TOP + (i + 0.5) * step);
        }
    }

    private void drawRow(GraphicsContext g, Row row, Scale x, double left, double y) {
        text(g, row.name(), left - 10, y, TextAlignment.RIGHT, VPos.CENTER, ChartColor.TEXT);
        double from = x.pixel(100 * row.low());
        double to = x.pixel(100 * row.high());
        double at = x.pixel(100 * row.value());
        g.setFill(color(row.color(), 0.25));
        g.fillRoundRect(from, y - 4, to - from, 8, 8, 8);
        g.setFill(color(row.color()));
        g.fillOval(at - 5, y - 5, 10, 10);
        text(g, String.format(Locale.ROOT, "%.1f", 100 * row.value()), at, y - 8, TextAlignment.CENTER, VPos.BOTTOM, ChartColor.MUTED);
    }

    @Override
    protected void drawOverlay(GraphicsContext g, double width, double height) {
        // Everything is labeled already.
    }
}
