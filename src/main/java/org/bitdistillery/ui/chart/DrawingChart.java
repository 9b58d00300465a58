package org.bitdistillery.ui.chart;

import java.util.function.BiFunction;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.text.TextAlignment;
import org.bitdistillery.bench.report.Drawing;

/// Shows a [Drawing], made anew for the room that there is, in the colors of the theme.
public final class DrawingChart extends ChartCanvas {

    private final BiFunction<Double, Double, Drawing> drawing;

    /// @param drawing makes the drawing for a width and a height in pixels
    public DrawingChart(BiFunction<Double, Double, Drawing> drawing) {
        this.drawing = drawing;
        getStyleClass().add("drawing-chart");
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        drawing.apply(width, height).shapes().forEach(shape -> paint(g, shape));
    }

    private void paint(GraphicsContext g, Drawing.Shape shape) {
        switch (shape) {
            case Drawing.Box box -> {
                g.setFill(color(color(box.ink()), box.opacity()));
                g.fillRoundRect(box.x(), box.y(), box.width(), box.height(), 2 * box.radius(), 2 * box.radius());
            }
            case Drawing.Line line -> {
                g.setStroke(color(color(line.ink())));
                g.setLineWidth(line.thickness());
                if (line.x1() == line.x2() || line.y1() == line.y2()) {
                    line(g, line.x1(), line.y1(), line.x2(), line.y2());
                } else {
                    g.strokeLine(line.x1(), line.y1(), line.x2(), line.y2());
                }
            }
            case Drawing.Label label -> text(g, label.text(), label.x(), label.y(), switch (label.align()) {
                case LEFT -> TextAlignment.LEFT;
                case CENTER -> TextAlignment.CENTER;
                case RIGHT -> TextAlignment.RIGHT;
            }, VPos.CENTER, color(label.ink()));
        }
    }

    private static ChartColor color(Drawing.Ink ink) {
        return ChartColor.valueOf(ink.name());
    }

    @Override
    protected void drawOverlay(GraphicsContext g, double width, double height) {
        // Everything is labeled already.
    }
}
