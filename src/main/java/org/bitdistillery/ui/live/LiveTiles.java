package org.bitdistillery.ui.live;

import eu.hansolo.tilesfx.Tile;
import eu.hansolo.tilesfx.TileBuilder;
import eu.hansolo.tilesfx.chart.ChartData;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.animation.Animation;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.css.CssMetaData;
import javafx.css.SimpleStyleableObjectProperty;
import javafx.css.Styleable;
import javafx.css.StyleableObjectProperty;
import javafx.css.StyleablePropertyFactory;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.scene.paint.Color;
import javafx.util.Duration;
import org.bitdistillery.analysis.Metric;
import org.bitdistillery.analysis.Points;
import org.bitdistillery.analysis.RunHistory;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.RunEvent.StepDone;
import org.bitdistillery.ui.run.RunPhase;

/// The four numbers that one looks at first. The theme gives their colors as CSS properties of `.live-tiles`.
final class LiveTiles extends HBox {

    private static final double MEBIBYTE = 1 << 20;
    private static final double WIDTH = 150;
    private static final double HEIGHT = 104;
    private static final int TREND_POINTS = 40;
    /// TilesFX smooths no fewer.
    private static final int LEAST_TREND_POINTS = 3;

    private static final StyleablePropertyFactory<LiveTiles> FACTORY = new StyleablePropertyFactory<>(HBox.getClassCssMetaData());
    private static final CssMetaData<LiveTiles, Color> BACKGROUND =
            FACTORY.createColorCssMetaData("-tile-background", tiles -> tiles.background, Color.WHITE);
    private static final CssMetaData<LiveTiles, Color> FOREGROUND =
            FACTORY.createColorCssMetaData("-tile-foreground", tiles -> tiles.foreground, Color.BLACK);
    private static final CssMetaData<LiveTiles, Color> ACCENT =
            FACTORY.createColorCssMetaData("-tile-accent", tiles -> tiles.accent, Color.DODGERBLUE);
    private static final CssMetaData<LiveTiles, Color> BORDER =
            FACTORY.createColorCssMetaData("-tile-border", tiles -> tiles.border, Color.LIGHTGRAY);

    private final StyleableObjectProperty<Color> background = themed(BACKGROUND, "background");
    private final StyleableObjectProperty<Color> foreground = themed(FOREGROUND, "foreground");
    private final StyleableObjectProperty<Color> accent = themed(ACCENT, "accent");
    private final StyleableObjectProperty<Color> border = themed(BORDER, "border");

    private final LiveViewModel live;
    private final Tile loss = trend("loss-tile", "Loss", "nats", 3);
    private final Tile speed = trend("speed-tile", "Throughput", "tok/s", 0);
    private final Tile memory = trend("memory-tile", "Worker memory", "MiB", 0);
    private final Label timeText = new Label(Units.UNKNOWN);
    private final ProgressBar bar = new ProgressBar(0);
    private final Tile time = TileBuilder.create().skinType(Tile.SkinType.CUSTOM).prefSize(WIDTH, HEIGHT).title("Time left")
            .graphic(timeGraphic()).textSize(Tile.TextSize.BIGGER).animated(false).build();
    private final Timeline clock = new Timeline(new KeyFrame(Duration.seconds(1), _ -> tick()));

    LiveTiles(LiveViewModel live) {
        this.live = live;
        getStyleClass().add("live-tiles");
        time.setId("time-tile");
        clock.setCycleCount(Animation.INDEFINITE);
        for (Tile tile : tiles()) {
            tile.setMinSize(WIDTH - 20, HEIGHT);
            tile.setMaxSize(Double.MAX_VALUE, HEIGHT);
            tile.setBorderWidth(1);
            HBox.setHgrow(tile, Priority.ALWAYS);
            getChildren().add(tile);
        }
        sceneProperty().addListener((_, _, scene) -> {
            if (scene == null) {
                clock.stop();
            } else {
                clock.play();
                tick();
            }
        });
        recolor();
    }

    /// Shows the newest numbers; the curves below them follow once a second.
    void refresh() {
        RunHistory history = live.history();
        show(loss, live.newestStep().map(step -> step.losses().total()).orElse(0.0));
        show(speed, live.newestStep().map(StepDone::tokensPerSecond).orElse(0.0));
        show(memory, history.memory().isEmpty() ? 0 : history.memory().last() / MEBIBYTE);
    }

    private void tick() {
        RunPhase phase = live.run().phaseProperty().get();
        double fraction = live.history().progress().fraction();
        bar.setProgress(fraction);
        boolean going = phase.isLive();
        time.setTitle(going ? "Time left" : "Time taken");
        time.setText(Math.round(100 * fraction) + " % of the run");
        timeText.setText(going ? timeLeft() : Units.duration(live.history().progress().elapsed(live.run().clock())));
        trend(loss, live.curve(Metric.TOTAL_LOSS), 1);
        trend(speed, live.curve(Metric.TOKENS_PER_SECOND), 1);
        trend(memory, live.history().memory().points(), MEBIBYTE);
    }

    private String timeLeft() {
        return live.timeLeft(Instant.now()).map(Units::duration).orElse("estimating");
    }

    private static void show(Tile tile, double value) {
        if (Double.isFinite(value) && tile.getValue() != value) {
            tile.setValue(value);
        }
    }

    /// The curve in as many points as a tile can show.
    private static void trend(Tile tile, Points points, double unit) {
        List<ChartData> data = new ArrayList<>();
        int n = Math.min(TREND_POINTS, points.size());
        for (int i = 0; i < n; i++) {
            double value = points.y()[(int) ((long) i * (points.size() - 1) / Math.max(1, n - 1))];
            data.add(new ChartData("", Double.isFinite(value) ? value / unit : 0));
        }
        if (data.size() >= LEAST_TREND_POINTS) {
            tile.setChartData(data);
        }
    }

    private Node timeGraphic() {
        timeText.setId("time-left");
        timeText.getStyleClass().add("tile-figure");
        bar.setMaxWidth(Double.MAX_VALUE);
        bar.getStyleClass().add("rail-bar");
        VBox box = new VBox(8, timeText, bar);
        box.setAlignment(Pos.CENTER_LEFT);
        return box;
    }

    private static Tile trend(String id, String title, String unit, int decimals) {
        Tile tile = TileBuilder.create().skinType(Tile.SkinType.SMOOTH_AREA_CHART).prefSize(WIDTH, HEIGHT).title(title).unit(unit)
                .decimals(decimals).animated(false).maxValue(Double.MAX_VALUE).textSize(Tile.TextSize.BIGGER)
                .dataPointsVisible(false).chartType(Tile.ChartType.AREA).locale(Locale.ROOT).build();
        tile.setId(id);
        return tile;
    }

    private List<Tile> tiles() {
        return List.of(loss, speed, memory, time);
    }

    private void recolor() {
        for (Tile tile : List.of(loss, speed, time, memory)) {
            tile.setBackgroundColor(background.get());
            tile.setForegroundBaseColor(foreground.get());
            tile.setBarColor(accent.get());
            tile.setBarBackgroundColor(border.get());
            tile.setBorderColor(border.get());
        }
    }

    private StyleableObjectProperty<Color> themed(CssMetaData<LiveTiles, Color> meta, String name) {
        var property = new SimpleStyleableObjectProperty<>(meta, this, name, meta.getInitialValue(this));
        property.addListener(_ -> recolor());
        return property;
    }

    @Override
    public List<CssMetaData<? extends Styleable, ?>> getCssMetaData() {
        return FACTORY.getCssMetaData();
    }
}
