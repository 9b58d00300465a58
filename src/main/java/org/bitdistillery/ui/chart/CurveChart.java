package org.bitdistillery.ui.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.shape.StrokeLineCap;
import javafx.scene.shape.StrokeLineJoin;
import javafx.scene.text.TextAlignment;
import org.bitdistillery.analysis.Decimation;
import org.bitdistillery.analysis.Points;
import org.bitdistillery.analysis.Units;

/// Curves over steps, with a read-out of the values at the pointer.
public final class CurveChart extends ChartCanvas {

    private static final double TOP = 10;
    private static final double RIGHT = 14;
    private static final double BOTTOM = 24;
    private static final double PIXELS_PER_Y_TICK = 26;
    private static final double PIXELS_PER_X_TICK = 90;
    private static final double FAINT = 0.25;
    private static final double DOT = 5;

    private final BooleanProperty logScale = new SimpleBooleanProperty(this, "logScale");
    private final ReadOut readOut = new ReadOut(this);
    private DoubleFunction<String> valueText = Units::number;
    private String placeholder = "";
    private List<Curve> curves = List.of();
    private Scale x;
    private Scale y;
    private double pointer = Double.NaN;

    public CurveChart() {
        getStyleClass().add("curve-chart");
        logScale.addListener(_ -> redraw());
        setOnMouseMoved(event -> point(event.getX()));
        setOnMouseDragged(event -> point(event.getX()));
        setOnMouseExited(_ -> point(Double.NaN));
    }

    public void setCurves(List<Curve> curves) {
        this.curves = List.copyOf(curves);
        redraw();
    }

    public List<Curve> curves() {
        return curves;
    }

    /// How the read-out writes a value.
    public void setValueText(DoubleFunction<String> valueText) {
        this.valueText = valueText;
    }

    /// What stands there as long as there is no value.
    public void setPlaceholder(String placeholder) {
        this.placeholder = placeholder;
        redraw();
    }

    public BooleanProperty logScaleProperty() {
        return logScale;
    }

    private void point(double at) {
        pointer = at;
        redrawOverlay();
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        x = null;
        y = null;
        double[] xRange = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        double[] yRange = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        curves.forEach(curve -> widen(curve, xRange, yRange));
        if (xRange[0] > xRange[1]) {
            text(g, placeholder, width / 2, height / 2, TextAlignment.CENTER, VPos.CENTER, ChartColor.MUTED);
            return;
        }
        pad(xRange, yRange);
        double top = TOP;
        double bottom = height - BOTTOM;
        y = new Scale(yRange[0], yRange[1], bottom, top, logScale.get());
        List<Double> yTicks = y.ticks((int) Math.max(2, (bottom - top) / PIXELS_PER_Y_TICK));
        List<String> labels = Scale.labels(yTicks, logScale.get());
        double left = 12 + labels.stream().mapToDouble(this::textWidth).max().orElse(0);
        x = new Scale(xRange[0], xRange[1], left, width - RIGHT, false);
        drawYAxis(g, yTicks, labels, left, width - RIGHT);
        drawXAxis(g, left, width - RIGHT, bottom);
        g.save();
        g.beginPath();
        g.rect(left, top - 4, width - RIGHT - left + 4, bottom - top + 6);
        g.clip();
        curves.forEach(curve -> drawCurve(g, curve, (int) (width - RIGHT - left)));
        g.restore();
    }

    private void drawYAxis(GraphicsContext g, List<Double> ticks, List<String> labels, double left, double right) {
        g.setStroke(color(ChartColor.GRID));
        for (int i = 0; i < ticks.size(); i++) {
            double at = y.pixel(ticks.get(i));
            line(g, left, at, right, at);
            text(g, labels.get(i), left - 6, at, TextAlignment.RIGHT, VPos.CENTER, ChartColor.MUTED);
        }
    }

    private void drawXAxis(GraphicsContext g, double left, double right, double bottom) {
        g.setStroke(color(ChartColor.AXIS));
        line(g, left, bottom, right, bottom);
        List<Double> ticks = x.ticks((int) Math.max(2, (right - left) / PIXELS_PER_X_TICK)).stream()
                .filter(tick -> tick == Math.rint(tick)).toList();
        for (double tick : ticks) {
            double at = x.pixel(tick);
            line(g, at, bottom, at, bottom + 3);
            String label = String.format(Locale.ROOT, "%,.0f", tick);
            double room = Math.min(at, right + RIGHT - 2 - textWidth(label) / 2);
            text(g, label, room, bottom + 6, TextAlignment.CENTER, VPos.TOP, ChartColor.MUTED);
        }
    }

    private void drawCurve(GraphicsContext g, Curve curve, int columns) {
        g.setLineJoin(StrokeLineJoin.ROUND);
        g.setLineCap(StrokeLineCap.ROUND);
        if (curve.smooth() != null) {
            g.setStroke(color(curve.color(), FAINT));
            g.setLineWidth(1);
            stroke(g, Decimation.perColumn(curve.raw(), columns));
        }
        g.setStroke(color(curve.color()));
        g.setLineWidth(1.75);
        stroke(g, Decimation.perColumn(curve.front(), columns));
        if (curve.dots()) {
            drawDots(g, curve);
        }
        g.setLineWidth(1);
    }

    private void stroke(GraphicsContext g, Points points) {
        boolean open = false;
        g.beginPath();
        for (int i = 0; i < points.size(); i++) {
            if (!y.shows(points.y()[i])) {
                open = false;
                continue;
            }
            double px = x.pixel(points.x()[i]);
            double py = y.pixel(points.y()[i]);
            if (open) {
                g.lineTo(px, py);
            } else {
                g.moveTo(px, py);
            }
            open = true;
        }
        g.stroke();
    }

    private void drawDots(GraphicsContext g, Curve curve) {
        Points points = curve.front();
        for (int i = 0; i < points.size(); i++) {
            if (y.shows(points.y()[i])) {
                dot(g, curve.color(), x.pixel(points.x()[i]), y.pixel(points.y()[i]));
            }
        }
    }

    private void dot(GraphicsContext g, ChartColor color, double px, double py) {
        g.setFill(color(ChartColor.SURFACE));
        g.fillOval(px - DOT / 2 - 1.5, py - DOT / 2 - 1.5, DOT + 3, DOT + 3);
        g.setFill(color(color));
        g.fillOval(px - DOT / 2, py - DOT / 2, DOT, DOT);
    }

    @Override
    protected void drawOverlay(GraphicsContext g, double width, double height) {
        if (x == null || Double.isNaN(pointer) || pointer < x.start() - 4 || pointer > x.end() + 4) {
            return;
        }
        double at = nearestStep(x.value(pointer));
        double px = x.pixel(at);
        g.setStroke(color(ChartColor.AXIS));
        line(g, px, TOP, px, height - BOTTOM);
        List<ReadOut.Row> rows = new ArrayList<>();
        for (Curve curve : curves) {
            int i = curve.front().nearest(at);
            if (i < 0 || (curve.dots() && Math.abs(x.pixel(curve.front().x()[i]) - px) > DOT)) {
                continue;
            }
            double value = curve.front().y()[i];
            if (y.shows(value)) {
                dot(g, curve.color(), x.pixel(curve.front().x()[i]), y.pixel(value));
            }
            rows.add(new ReadOut.Row(curve.color(), curve.name(), valueText.apply(value)));
        }
        readOut.draw(g, String.format(Locale.ROOT, "Step %,.0f", at), rows, px, TOP, width);
    }

    private double nearestStep(double at) {
        double best = Double.NaN;
        for (Curve curve : curves) {
            int i = curve.front().nearest(at);
            if (i >= 0 && !(Math.abs(curve.front().x()[i] - at) >= Math.abs(best - at))) {
                best = curve.front().x()[i];
            }
        }
        return best;
    }

    private void widen(Curve curve, double[] xRange, double[] yRange) {
        for (Points points : curve.smooth() == null ? List.of(curve.raw()) : List.of(curve.raw(), curve.smooth())) {
            for (int i = 0; i < points.size(); i++) {
                double value = points.y()[i];
                if (Double.isFinite(value) && (!logScale.get() || value > 0)) {
                    xRange[0] = Math.min(xRange[0], points.x()[i]);
                    xRange[1] = Math.max(xRange[1], points.x()[i]);
                    yRange[0] = Math.min(yRange[0], value);
                    yRange[1] = Math.max(yRange[1], value);
                }
            }
        }
    }

    private void pad(double[] xRange, double[] yRange) {
        if (xRange[0] == xRange[1]) {
            xRange[1]++;
        }
        if (logScale.get()) {
            yRange[0] /= 1.15;
            yRange[1] *= 1.15;
            return;
        }
        double span = yRange[1] - yRange[0];
        double room = span > 0 ? 0.05 * span : Math.max(Math.abs(yRange[1]) * 0.05, 1e-9);
        boolean nearZero = yRange[0] >= 0 && yRange[0] < 0.35 * yRange[1];
        yRange[0] = nearZero ? 0 : yRange[0] - room;
        yRange[1] += room;
    }
}
