package org.bitdistillery.ui.chart;

import java.util.List;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.text.TextAlignment;

/// The box beside the pointer that names what lies under it.
final class ReadOut {

    /// @param color of the swatch, null for none
    record Row(ChartColor color, String name, String value) {}

    private static final double LINE = 17;
    private static final double PADDING = 9;
    private static final double SWATCH = 14;
    private static final double GAP = 14;

    private final ChartCanvas chart;

    ReadOut(ChartCanvas chart) {
        this.chart = chart;
    }

    /// @param at    the x that is described; the box stands to its right, or to its left where there is no room
    /// @param width of the chart
    void draw(GraphicsContext g, String title, List<Row> rows, double at, double top, double width) {
        double names = rows.stream().mapToDouble(row -> chart.textWidth(row.name())).max().orElse(0);
        double values = rows.stream().mapToDouble(row -> chart.textWidth(row.value())).max().orElse(0);
        double boxWidth = 2 * PADDING + Math.max(chart.textWidth(title), SWATCH + names + GAP + values);
        double boxHeight = 2 * PADDING + LINE * (rows.size() + 1) - 4;
        double left = at + 12 + boxWidth <= width ? at + 12 : Math.max(0, at - 12 - boxWidth);
        g.setFill(chart.color(ChartColor.SURFACE, 0.96));
        g.fillRoundRect(left, top, boxWidth, boxHeight, 8, 8);
        g.setStroke(chart.color(ChartColor.AXIS));
        g.strokeRoundRect(ChartCanvas.crisp(left), ChartCanvas.crisp(top), boxWidth, boxHeight, 8, 8);
        double y = top + PADDING;
        chart.text(g, title, left + PADDING, y, TextAlignment.LEFT, VPos.TOP, ChartColor.MUTED);
        for (Row row : rows) {
            y += LINE;
            if (row.color() != null) {
                g.setFill(chart.color(row.color()));
                g.fillRoundRect(left + PADDING, y + 3, 8, 8, 3, 3);
            }
            chart.text(g, row.name(), left + PADDING + SWATCH, y, TextAlignment.LEFT, VPos.TOP, ChartColor.TEXT);
            chart.text(g, row.value(), left + boxWidth - PADDING, y, TextAlignment.RIGHT, VPos.TOP, ChartColor.TEXT);
        }
    }
}
