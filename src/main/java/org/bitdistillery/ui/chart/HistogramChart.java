package org.bitdistillery.ui.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.text.TextAlignment;
import org.bitdistillery.analysis.Ticks;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.WeightHistogram;

/// Latent weights on the ternary grid: bins are pinned to multiples of delta/16, the boundaries where a weight flips and
/// the levels that it is rounded to are marked, and each bin has the color of its code.
public final class HistogramChart extends ChartCanvas {

    private static final double TOP = 26;
    private static final double RIGHT = 14;
    private static final double BOTTOM = 40;
    private static final double PIXELS_PER_TICK = 36;
    /// What lies farther out is a handful of weights; it is counted, but not drawn.
    private static final int DELTAS_SHOWN = 3;
    private static final double BOUNDARY = 0.5;
    private static final double BAND = 0.05;

    private final ReadOut readOut = new ReadOut(this);
    private WeightHistogram histogram;
    private WeightHistogram reference;
    private String referenceName = "";
    private String placeholder = "";
    private Scale x;
    private double pointer = Double.NaN;

    public HistogramChart() {
        getStyleClass().add("histogram-chart");
        setOnMouseMoved(event -> point(event.getX()));
        setOnMouseExited(_ -> point(Double.NaN));
    }

    /// @param histogram null for none
    /// @param reference drawn as an outline, null for none
    public void setHistogram(WeightHistogram histogram, WeightHistogram reference, String referenceName) {
        this.histogram = histogram;
        this.reference = reference;
        this.referenceName = referenceName;
        redraw();
    }

    public WeightHistogram histogram() {
        return histogram;
    }

    public void setPlaceholder(String placeholder) {
        this.placeholder = placeholder;
        redraw();
    }

    private void point(double at) {
        pointer = at;
        redrawOverlay();
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        x = null;
        if (histogram == null) {
            text(g, placeholder, width / 2, height / 2, TextAlignment.CENTER, VPos.CENTER, ChartColor.MUTED);
            return;
        }
        double[] shares = shares(histogram);
        double[] before = reference == null ? new double[shares.length] : shares(reference);
        double highest = 0;
        for (int bin = 0; bin < shares.length; bin++) {
            highest = Math.max(highest, Math.max(shares[bin], before[bin]));
        }
        double bottom = height - BOTTOM;
        Scale y = new Scale(0, highest <= 0 ? 1 : 1.06 * highest, bottom, TOP, false);
        List<Double> ticks = Ticks.linear(0, y.high(), (int) Math.max(2, (bottom - TOP) / PIXELS_PER_TICK));
        List<String> labels = Scale.labels(ticks, false).stream().map(label -> label + " %").toList();
        double left = 12 + labels.stream().mapToDouble(this::textWidth).max().orElse(0);
        x = new Scale(-DELTAS_SHOWN, DELTAS_SHOWN, left, width - RIGHT, false);
        g.setStroke(color(ChartColor.GRID));
        for (int i = 0; i < ticks.size(); i++) {
            line(g, left, y.pixel(ticks.get(i)), width - RIGHT, y.pixel(ticks.get(i)));
            text(g, labels.get(i), left - 6, y.pixel(ticks.get(i)), TextAlignment.RIGHT, VPos.CENTER, ChartColor.MUTED);
        }
        drawBands(g, bottom);
        drawBars(g, shares, y, bottom);
        if (reference != null) {
            drawOutline(g, before, y, bottom);
        }
        drawBoundaries(g, bottom);
        drawLevels(g, bottom, width - RIGHT);
    }

    private void drawBands(GraphicsContext g, double bottom) {
        g.setFill(color(ChartColor.BOUNDARY, 0.10));
        for (double boundary : new double[] {-BOUNDARY, BOUNDARY}) {
            double from = x.pixel(boundary - BAND);
            g.fillRect(from, TOP, x.pixel(boundary + BAND) - from, bottom - TOP);
        }
    }

    private void drawBars(GraphicsContext g, double[] shares, Scale y, double bottom) {
        for (int bin = firstBin(); bin < lastBin(); bin++) {
            double from = Math.round(x.pixel(edge(bin)));
            double to = Math.round(x.pixel(edge(bin + 1)));
            double top = Math.round(y.pixel(shares[bin]));
            g.setFill(color(code(bin), 0.85));
            g.fillRect(from, top, Math.max(1, to - from - (to - from > 4 ? 1 : 0)), Math.floor(bottom) - top);
        }
    }

    private void drawOutline(GraphicsContext g, double[] shares, Scale y, double bottom) {
        g.setStroke(color(ChartColor.TEXT, 0.75));
        g.setLineWidth(1.25);
        g.beginPath();
        g.moveTo(x.start(), bottom);
        for (int bin = firstBin(); bin < lastBin(); bin++) {
            g.lineTo(x.pixel(edge(bin)), y.pixel(shares[bin]));
            g.lineTo(x.pixel(edge(bin + 1)), y.pixel(shares[bin]));
        }
        g.stroke();
        g.setLineWidth(1);
        g.setStroke(color(ChartColor.TEXT, 0.75));
        double end = x.end() - textWidth(referenceName) - 6;
        line(g, end - 18, TOP + 8, end - 2, TOP + 8);
        text(g, referenceName, x.end(), TOP + 8, TextAlignment.RIGHT, VPos.CENTER, ChartColor.MUTED);
    }

    private void drawBoundaries(GraphicsContext g, double bottom) {
        g.setStroke(color(ChartColor.BOUNDARY));
        g.setLineDashes(5, 4);
        for (double boundary : new double[] {-BOUNDARY, BOUNDARY}) {
            line(g, x.pixel(boundary), TOP - 6, x.pixel(boundary), bottom);
        }
        g.setLineDashes();
        text(g, "−δ/2", x.pixel(-BOUNDARY), TOP - 8, TextAlignment.CENTER, VPos.BOTTOM, ChartColor.BOUNDARY);
        text(g, "+δ/2", x.pixel(BOUNDARY), TOP - 8, TextAlignment.CENTER, VPos.BOTTOM, ChartColor.BOUNDARY);
    }

    private void drawLevels(GraphicsContext g, double bottom, double right) {
        g.setStroke(color(ChartColor.AXIS));
        line(g, x.start(), bottom, right, bottom);
        for (int level = -DELTAS_SHOWN; level <= DELTAS_SHOWN; level++) {
            double at = x.pixel(level);
            line(g, at, bottom, at, bottom + 3);
            String label = level == 0 ? "0" : (level < 0 ? "−" : "+") + (Math.abs(level) == 1 ? "" : Math.abs(level)) + "δ";
            double room = Math.clamp(at, x.start(), right - 2);
            text(g, label, room, bottom + 6, TextAlignment.CENTER, VPos.TOP, ChartColor.MUTED);
        }
        ChartColor[] colors = {ChartColor.MINUS, ChartColor.ZERO, ChartColor.PLUS};
        String[] names = {"−1", "0", "+1"};
        double[] centers = {(-DELTAS_SHOWN - BOUNDARY) / 2, 0, (DELTAS_SHOWN + BOUNDARY) / 2};
        for (int i = 0; i < colors.length; i++) {
            String name = "becomes " + names[i];
            double half = (textWidth(name) + 14) / 2;
            double at = x.pixel(centers[i]);
            g.setFill(color(colors[i]));
            g.fillRoundRect(at - half, bottom + 25, 8, 8, 3, 3);
            text(g, name, at - half + 14, bottom + 29, TextAlignment.LEFT, VPos.CENTER, ChartColor.MUTED);
        }
    }

    @Override
    protected void drawOverlay(GraphicsContext g, double width, double height) {
        if (x == null || Double.isNaN(pointer) || pointer < x.start() || pointer >= x.end()) {
            return;
        }
        int bin = (int) Math.floor((x.value(pointer) + WeightHistogram.DELTAS_EACH_SIDE) * WeightHistogram.BINS_PER_DELTA);
        double from = x.pixel(edge(bin));
        g.setFill(color(ChartColor.TEXT, 0.10));
        g.fillRect(from, TOP, Math.max(1, x.pixel(edge(bin + 1)) - from), height - BOTTOM - TOP);
        List<ReadOut.Row> rows = new ArrayList<>();
        rows.add(new ReadOut.Row(code(bin), "Weights", percent(shares(histogram)[bin])));
        if (reference != null) {
            rows.add(new ReadOut.Row(null, referenceName, percent(shares(reference)[bin])));
        }
        rows.add(new ReadOut.Row(null, "W", Units.number(edge(bin) * histogram.delta()) + " to "
                + Units.number(edge(bin + 1) * histogram.delta())));
        String title = String.format(Locale.ROOT, "%+.4gδ to %+.4gδ", edge(bin), edge(bin + 1));
        readOut.draw(g, title, rows, x.pixel(edge(bin)), TOP, width);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", share);
    }

    /// Percent of all weights in each bin, those outside the drawn range counted in the whole.
    private static double[] shares(WeightHistogram histogram) {
        double total = Math.max(1, LongStream.of(histogram.counts()).sum());
        double[] shares = new double[WeightHistogram.BINS];
        for (int bin = 0; bin < shares.length; bin++) {
            shares[bin] = 100 * histogram.counts()[bin + 1] / total;
        }
        return shares;
    }

    private static ChartColor code(int bin) {
        double center = edge(bin) + 0.5 / WeightHistogram.BINS_PER_DELTA;
        return center < -BOUNDARY ? ChartColor.MINUS : center > BOUNDARY ? ChartColor.PLUS : ChartColor.ZERO;
    }

    /// Left edge of a bin in deltas.
    private static double edge(int bin) {
        return (double) bin / WeightHistogram.BINS_PER_DELTA - WeightHistogram.DELTAS_EACH_SIDE;
    }

    private static int firstBin() {
        return (WeightHistogram.DELTAS_EACH_SIDE - DELTAS_SHOWN) * WeightHistogram.BINS_PER_DELTA;
    }

    private static int lastBin() {
        return (WeightHistogram.DELTAS_EACH_SIDE + DELTAS_SHOWN) * WeightHistogram.BINS_PER_DELTA;
    }
}
