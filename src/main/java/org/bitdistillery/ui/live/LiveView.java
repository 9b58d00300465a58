package org.bitdistillery.ui.live;

import javafx.scene.control.ScrollPane;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.RowConstraints;
import javafx.scene.layout.VBox;

/// What a run looks like while it goes, and ever after. Where there is room, loss and weights stand side by side.
public final class LiveView extends ScrollPane {

    private static final double SIDE_BY_SIDE = 1000;
    private static final double DYNAMICS_HEIGHT = 640;

    private final LiveTiles tiles;
    private final LossPane loss;
    private final WeightsPane weights;
    private final DynamicsPane dynamics;
    private final LayersPane layers;
    private final GridPane charts = new GridPane();
    private boolean stale = true;

    public LiveView(LiveViewModel live) {
        tiles = new LiveTiles(live);
        loss = new LossPane(live);
        weights = new WeightsPane(live);
        dynamics = new DynamicsPane(live);
        layers = new LayersPane(live);
        setId("live-view");
        getStyleClass().addAll("live-view", "edge-to-edge");
        charts.setHgap(12);
        charts.setVgap(12);
        VBox.setVgrow(charts, Priority.ALWAYS);
        weights.setMinHeight(240);
        VBox content = new VBox(12, tiles, charts, dynamics, layers);
        content.getStyleClass().add("page");
        setContent(content);
        setFitToWidth(true);
        setFitToHeight(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        widthProperty().addListener((_, before, now) -> {
            if (before.doubleValue() >= SIDE_BY_SIDE != now.doubleValue() >= SIDE_BY_SIDE) {
                arrange(now.doubleValue() >= SIDE_BY_SIDE);
            }
        });
        arrange(false);
        live.run().updatesProperty().addListener((_, _, _) -> refresh());
        live.stageProperty().addListener((_, _, _) -> refresh());
        live.tensorProperty().addListener((_, _, _) -> dynamics.refresh());
        sceneProperty().addListener((_, _, scene) -> {
            if (scene != null && stale) {
                refresh();
            }
        });
    }

    /// Brings every part up to date; not while the page is off the screen.
    private void refresh() {
        stale = getScene() == null;
        if (!stale) {
            tiles.refresh();
            loss.refresh();
            weights.refresh();
            dynamics.refresh();
            layers.refresh();
        }
    }

    private void arrange(boolean wide) {
        charts.getChildren().clear();
        charts.getColumnConstraints().clear();
        charts.getRowConstraints().clear();
        charts.add(loss, 0, 0);
        charts.add(weights, wide ? 1 : 0, wide ? 0 : 1);
        charts.getColumnConstraints().add(column(wide ? 57 : 100));
        charts.getRowConstraints().add(row());
        if (wide) {
            charts.getColumnConstraints().add(column(43));
        } else {
            charts.getRowConstraints().add(row());
        }
        dynamics.setPrefHeight(wide ? DYNAMICS_HEIGHT / 2 : 150);
        dynamics.setMinHeight(wide ? 220 : 140);
    }

    private static ColumnConstraints column(double percent) {
        ColumnConstraints column = new ColumnConstraints();
        column.setPercentWidth(percent);
        column.setHgrow(Priority.ALWAYS);
        column.setFillWidth(true);
        return column;
    }

    private static RowConstraints row() {
        RowConstraints row = new RowConstraints();
        row.setVgrow(Priority.ALWAYS);
        row.setFillHeight(true);
        return row;
    }
}
