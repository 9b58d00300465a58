package org.bitdistillery.ui.live;

import eu.hansolo.tilesfx.Tile;
import eu.hansolo.tilesfx.TileBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import javafx.css.CssMetaData;
import javafx.css.SimpleStyleableObjectProperty;
import javafx.css.Styleable;
import javafx.css.StyleableObjectProperty;
import javafx.css.StyleablePropertyFactory;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.paint.Color;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.util.Duration;
import org.bitdistillery.analysis.RunHistory;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.ui.run.RunPhase;

/// The four numbers that one looks at first. The theme gives their colors as CSS properties of `.live-tiles`.
final class LiveTiles extends HBox {

    private static final double MEBIBYTE = 1 << 20;
    private static final double WIDTH = 150;
    private static final double HEIGHT = 104;

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
    private final Tile loss = spark("loss-tile", "Loss", "nats", 4);
    private final Tile speed = spark("speed-tile", "Tokens per second", "tok/s", 0);
    private final Tile memory = spark("memory-tile", "Worker memory", "MiB", 0);
    private final Tile time = TileBuilder.create().skinType(Tile.SkinType.PERCENTAGE).prefSize(WIDTH, HEIGHT)
            .title("Time left").unit("%").decimals(0).description("").animated(false).maxValue(100).build();
    private final Timeline clock = new Timeline(new KeyFrame(Duration.seconds(1), _ -> showTime()));

    LiveTiles(LiveViewModel live) {
        this.live = live;
        getStyleClass().add("live-tiles");
        time.setId("time-tile");
        clock.setCycleCount(Timeline.INDEFINITE);
        getChildren().addAll(loss, speed, time, memory);
        getChildren().forEach(tile -> HBox.setHgrow(tile, Priority.ALWAYS));
        List.of(loss, speed, time, memory).forEach(tile -> {
            tile.setMinSize(WIDTH - 20, HEIGHT);
            tile.setMaxSize(Double.MAX_VALUE, HEIGHT);
            tile.setBorderWidth(1);
        });
        sceneProperty().addListener((_, _, scene) -> {
            if (scene == null) {
                clock.stop();
            } else {
                clock.play();
            }
        });
        recolor();
    }

    /// Shows the newest values; those that did not change are left alone.
    void refresh() {
        RunHistory history = live.history();
        live.newestStep().ifPresentOrElse(step -> {
            show(loss, step.losses().total());
            show(speed, step.tokensPerSecond());
            loss.setText(step.stage().title() + " · step " + Units.count(step.step()));
            speed.setText(Units.count(step.tokens()) + " tokens seen");
        }, () -> {
            clear(loss);
            clear(speed);
        });
        if (history.memory().isEmpty()) {
            clear(memory);
        } else {
            show(memory, history.memory().last() / MEBIBYTE);
            memory.setText("Peak " + Units.bytes((long) history.peakMemory()));
        }
        showTime();
    }

    private void showTime() {
        RunPhase phase = live.run().phaseProperty().get();
        time.setValue(Math.floor(100 * live.history().progress().fraction()));
        time.setTitle(phase == RunPhase.FINISHED ? "Time taken" : "Time left");
        time.setDescription(switch (phase) {
            case IDLE -> "";
            case FINISHED, STOPPED, FAILED -> Units.duration(live.history().progress().elapsed(Instant.now()));
            default -> live.timeLeft(Instant.now()).map(Units::duration).orElse("estimating");
        });
    }

    private static void show(Tile tile, double value) {
        if (Double.isFinite(value) && tile.getValue() != value) {
            tile.setValue(value);
        }
    }

    private static void clear(Tile tile) {
        tile.clearChartData();
        tile.setValue(0);
        tile.setText("");
    }

    private static Tile spark(String id, String title, String unit, int decimals) {
        Tile tile = TileBuilder.create().skinType(Tile.SkinType.SPARK_LINE).prefSize(WIDTH, HEIGHT).title(title).unit(unit)
                .decimals(decimals).animated(false).smoothing(false).averageVisible(false).averagingPeriod(120)
                .locale(Locale.ROOT).minValue(0).build();
        tile.setId(id);
        return tile;
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
