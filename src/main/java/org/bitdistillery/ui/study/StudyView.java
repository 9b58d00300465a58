package org.bitdistillery.ui.study;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.Spinner;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.study.StudyReport;
import org.bitdistillery.ui.chart.ChartColor;
import org.bitdistillery.ui.chart.IntervalChart;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// Variants of an experiment with several seeds: the runs, their means, and curves side by side.
public final class StudyView extends BorderPane {

    private static final Duration LOOK = Duration.seconds(3);
    private static final double ROW_HEIGHT = 34;
    private static final int MOST_WORKERS = 16;

    private final StudyViewModel model;
    private final TableView<StudyViewModel.Row> runs = new TableView<>();
    private final IntervalChart means = new IntervalChart();
    private final Label meansTitle = new Label("Means over the seeds");
    private final Timeline look;

    /// @param open asks the user for a study's file and opens it
    public StudyView(StudyViewModel model, Runnable open) {
        this.model = model;
        setId("study-view");
        getStyleClass().add("page");
        look = new Timeline(new KeyFrame(LOOK, _ -> model.look()));
        look.setCycleCount(Timeline.INDEFINITE);
        model.runningProperty().addListener((_, _, now) -> follow(now));
        setTop(header(open));
        BorderPane.setMargin(getTop(), new javafx.geometry.Insets(0, 0, 12, 0));
        SplitPane split = new SplitPane(runsCard(), right());
        split.setDividerPositions(0.46);
        split.getStyleClass().add("study-split");
        setCenter(split);
        model.reportProperty().addListener((_, _, report) -> show(report));
        show(model.reportProperty().get());
    }

    private void follow(boolean running) {
        if (running) {
            look.play();
        } else {
            look.stop();
        }
    }

    private Node header(Runnable open) {
        Label title = new Label();
        title.getStyleClass().add("start-title");
        title.textProperty().bind(Bindings.createStringBinding(
                () -> model.titleProperty().get().isEmpty() ? "Studies" : model.titleProperty().get(), model.titleProperty()));
        Label status = new Label();
        status.setId("study-status");
        status.getStyleClass().add("muted");
        status.setWrapText(true);
        status.textProperty().bind(Bindings.createStringBinding(() -> model.titleProperty().get().isEmpty()
                ? "Variants of one experiment, several seeds each, added up in one table. Stages with equal settings are computed once. "
                        + "Open a study such as sample-configs/studies/sst2-stories260k.json."
                : model.statusProperty().get(), model.titleProperty(), model.statusProperty()));
        VBox words = new VBox(4, title, status);
        words.setMinWidth(0);
        HBox.setHgrow(words, Priority.ALWAYS);
        Button choose = new Button("Open study…", new FontIcon(Feather.FOLDER));
        choose.setId("study-open");
        choose.setOnAction(_ -> open.run());
        choose.disableProperty().bind(model.runningProperty());
        Spinner<Integer> parallel = new Spinner<>(1, MOST_WORKERS, 1);
        parallel.setPrefWidth(80);
        parallel.setTooltip(new Tooltip("Runs at a time; give each its share of the cores by compute.threads"));
        parallel.valueProperty().addListener((_, _, chosen) -> model.parallelProperty().set(chosen));
        parallel.disableProperty().bind(model.runningProperty());
        Label workers = new Label("Runs at a time");
        workers.getStyleClass().add("muted");
        Button start = new Button("Run study", new FontIcon(Feather.PLAY));
        start.setId("study-start");
        start.getStyleClass().add("accent");
        start.disableProperty().bind(model.runningProperty().or(model.titleProperty().isEmpty()));
        start.setOnAction(_ -> model.start());
        Button stop = new Button("Stop", new FontIcon(Feather.SQUARE));
        stop.setId("study-stop");
        stop.disableProperty().bind(model.runningProperty().not());
        stop.setTooltip(new Tooltip("Every worker saves a checkpoint; Run study goes on from there"));
        stop.setOnAction(_ -> model.stop());
        for (Region region : List.of(choose, start, stop, workers, parallel)) {
            region.setMinWidth(USE_PREF_SIZE);
        }
        HBox card = new HBox(10, words, choose, workers, parallel, start, stop);
        card.setAlignment(Pos.CENTER_LEFT);
        card.getStyleClass().add("card");
        return card;
    }

    private Node runsCard() {
        runs.setId("study-runs");
        runs.setItems(model.rows());
        runs.setPlaceholder(new Label("No study is open"));
        runs.getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
        runs.getSelectionModel().getSelectedItems().addListener((ListChangeListener<StudyViewModel.Row>) _ ->
                model.compare(List.copyOf(runs.getSelectionModel().getSelectedItems())));
        runs.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        runs.getColumns().add(column("Variant", 130, row -> row.run().variant()));
        runs.getColumns().add(column("Seed", 64, row -> Long.toString(row.run().seed())));
        runs.getColumns().add(column("State", 80, StudyViewModel.Row::state));
        runs.getColumns().add(column("FP16-SFT", 92, row -> percent(row, "fp16Sft")));
        runs.getColumns().add(column("Student", 84, row -> percent(row, "bitDistill")));
        runs.getColumns().add(column("Time", 104, row -> row.seconds() == 0 ? "" : Units.duration(row.seconds())));
        VBox.setVgrow(runs, Priority.ALWAYS);
        return card(new Label("Runs"), runs);
    }

    private Node right() {
        means.setId("study-means");
        ScrollPane scroll = new ScrollPane(means);
        scroll.setFitToWidth(true);
        scroll.getStyleClass().add("edge-to-edge");
        VBox.setVgrow(scroll, Priority.ALWAYS);
        SplitPane right = new SplitPane(card(meansTitle, scroll), new ComparisonPane(model));
        right.setOrientation(javafx.geometry.Orientation.VERTICAL);
        right.getStyleClass().add("study-split");
        return right;
    }

    private void show(StudyReport report) {
        List<StudyReport.Row> rows = report == null ? List.of() : report.rows();
        meansTitle.setText("Means over the seeds" + (report == null ? "" : ", " + report.metric() + ", ± standard deviation"));
        means.setPlaceholder(report == null ? "Open a study to see what its variants reach on average" : "Means appear with the first finished run");
        means.setRows(rows.stream().map(StudyView::interval).toList());
        double height = 40 + ROW_HEIGHT * rows.size();
        means.setMinHeight(height);
        means.setPrefHeight(height);
    }

    private static IntervalChart.Row interval(StudyReport.Row row) {
        double spread = row.deviation() == null ? 0 : row.deviation();
        ChartColor color = switch (row.title()) {
            case "FP16-SFT" -> ChartColor.SERIES_1;
            case "BitNet-SFT" -> ChartColor.SERIES_3;
            default -> row.title().startsWith("rounded") || row.title().equals("bag of words") ? ChartColor.ZERO : ChartColor.SERIES_2;
        };
        String name = String.format(Locale.ROOT, "%s (%d)", row.title(), row.seeds());
        return new IntervalChart.Row(name, color, row.mean(), Math.max(0, row.mean() - spread), Math.min(1, row.mean() + spread));
    }

    private static String percent(StudyViewModel.Row row, String model) {
        Double value = row.values().get(model);
        return value == null ? "" : Units.percent(value);
    }

    private static TableColumn<StudyViewModel.Row, String> column(String title, double width, Function<StudyViewModel.Row, String> text) {
        TableColumn<StudyViewModel.Row, String> column = new TableColumn<>(title);
        column.setPrefWidth(width);
        column.setSortable(false);
        column.setCellValueFactory(row -> new ReadOnlyStringWrapper(text.apply(row.getValue())));
        return column;
    }

    private static VBox card(Label title, Node body) {
        title.getStyleClass().add("card-title");
        VBox card = new VBox(8, title, body);
        card.getStyleClass().add("card");
        return card;
    }
}
