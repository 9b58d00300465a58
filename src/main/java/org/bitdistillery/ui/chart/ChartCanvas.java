package org.bitdistillery.ui.chart;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javafx.css.CssMetaData;
import javafx.css.SimpleStyleableObjectProperty;
import javafx.css.Styleable;
import javafx.css.StyleableObjectProperty;
import javafx.css.StyleablePropertyFactory;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.layout.Region;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import javafx.scene.text.TextAlignment;

/// A chart painted on a canvas: at most once a pulse, only when something changed, and not while it is hidden.
public abstract class ChartCanvas extends Region {

    /// Crisp hairlines lie on half pixels.
    private static final double HALF = 0.5;
    private static final double FONT_SIZE = 11;

    private static final StyleablePropertyFactory<ChartCanvas> FACTORY =
            new StyleablePropertyFactory<>(Region.getClassCssMetaData());
    private static final Map<ChartColor, CssMetaData<ChartCanvas, Color>> META = meta();
    private static final List<CssMetaData<? extends Styleable, ?>> ALL_META = allMeta();

    private final Map<ChartColor, StyleableObjectProperty<Color>> colors = new EnumMap<>(ChartColor.class);
    private final Canvas canvas = new Canvas();
    private final Canvas overlay = new Canvas();
    private final Text ruler = new Text();
    private boolean stale = true;
    private boolean overlayStale = true;

    protected ChartCanvas() {
        getStyleClass().add("chart-canvas");
        for (ChartColor color : ChartColor.values()) {
            var property = new SimpleStyleableObjectProperty<>(META.get(color), this, color.name(), color.fallback());
            property.addListener(_ -> redraw());
            colors.put(color, property);
        }
        ruler.setFont(font());
        canvas.setMouseTransparent(true);
        overlay.setMouseTransparent(true);
        getChildren().addAll(canvas, overlay);
        setMinSize(120, 60);
        setPrefSize(480, 220);
        setMaxSize(Double.MAX_VALUE, Double.MAX_VALUE);
    }

    /// Paints everything; the area is cleared and `g` has this chart's font.
    protected abstract void draw(GraphicsContext g, double width, double height);

    /// Paints what follows the pointer.
    protected abstract void drawOverlay(GraphicsContext g, double width, double height);

    /// The chart is painted again in the next pulse in which it can be seen.
    protected final void redraw() {
        stale = true;
        redrawOverlay();
    }

    protected final void redrawOverlay() {
        overlayStale = true;
        requestLayout();
    }

    protected final Color color(ChartColor color) {
        return colors.get(color).get();
    }

    protected final Color color(ChartColor color, double opacity) {
        Color base = color(color);
        return Color.color(base.getRed(), base.getGreen(), base.getBlue(), opacity);
    }

    protected final double textWidth(String text) {
        ruler.setText(text);
        return ruler.getLayoutBounds().getWidth();
    }

    protected final void text(
            GraphicsContext g, String text, double x, double y, TextAlignment alignment, VPos position, ChartColor color) {
        g.setTextAlign(alignment);
        g.setTextBaseline(position);
        g.setFill(color(color));
        g.fillText(text, x, y);
    }

    protected static void line(GraphicsContext g, double x1, double y1, double x2, double y2) {
        g.strokeLine(crisp(x1), crisp(y1), crisp(x2), crisp(y2));
    }

    protected static double crisp(double position) {
        return Math.floor(position) + HALF;
    }

    @Override
    protected void layoutChildren() {
        if (!isShown()) {
            return;
        }
        double width = Math.floor(getWidth());
        double height = Math.floor(getHeight());
        if (canvas.getWidth() != width || canvas.getHeight() != height) {
            canvas.setWidth(width);
            canvas.setHeight(height);
            overlay.setWidth(width);
            overlay.setHeight(height);
            stale = true;
            overlayStale = true;
        }
        if (width < 2 || height < 2) {
            return;
        }
        if (stale) {
            stale = false;
            draw(cleared(canvas), width, height);
        }
        if (overlayStale) {
            overlayStale = false;
            drawOverlay(cleared(overlay), width, height);
        }
    }

    private GraphicsContext cleared(Canvas target) {
        GraphicsContext g = target.getGraphicsContext2D();
        g.clearRect(0, 0, target.getWidth(), target.getHeight());
        g.setFont(font());
        g.setLineWidth(1);
        g.setLineDashes();
        return g;
    }

    private boolean isShown() {
        for (Node node = this; node != null; node = node.getParent()) {
            if (!node.isVisible()) {
                return false;
            }
        }
        return getScene() != null;
    }

    private static Font font() {
        return Font.font(FONT_SIZE);
    }

    private static Map<ChartColor, CssMetaData<ChartCanvas, Color>> meta() {
        Map<ChartColor, CssMetaData<ChartCanvas, Color>> meta = new EnumMap<>(ChartColor.class);
        for (ChartColor color : ChartColor.values()) {
            meta.put(color, FACTORY.createColorCssMetaData(color.property(), chart -> chart.colors.get(color), color.fallback()));
        }
        return Map.copyOf(meta);
    }

    private static List<CssMetaData<? extends Styleable, ?>> allMeta() {
        List<CssMetaData<? extends Styleable, ?>> all = new ArrayList<>(Region.getClassCssMetaData());
        all.addAll(META.values());
        return List.copyOf(all);
    }

    @Override
    public List<CssMetaData<? extends Styleable, ?>> getCssMetaData() {
        return ALL_META;
    }
}
