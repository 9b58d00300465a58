package org.bitdistillery.ui.results;

import java.util.List;
import java.util.Map;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.event.Results;
import org.bitdistillery.ui.chart.ChartColor;
import org.bitdistillery.ui.chart.ComparisonGrid;
import org.bitdistillery.ui.chart.IntervalChart;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// Side by side: the full-precision model, the one quantized directly, and the distilled student.
public final class ResultsView extends ScrollPane {

    private static final PseudoClass WRONG = PseudoClass.getPseudoClass("wrong");
    private static final PseudoClass GOOD = PseudoClass.getPseudoClass("good");
    private static final PseudoClass BAD = PseudoClass.getPseudoClass("bad");
    private static final double[] COLUMN_SHARES = {23, 18.6, 18.4, 20.6, 19.4};
    private static final double ROW_OF_INTERVALS = 38;
    private static final double ROW_OF_SAMPLES = 34;
    private static final Map<String, ChartColor> COLORS = Map.of(
            "fp16Sft", ChartColor.SERIES_1, "bitnetSft", ChartColor.SERIES_3, "bitDistill", ChartColor.SERIES_2,
            "bagOfWords", ChartColor.ZERO);

    private final VBox content = new VBox(12);
    private final Runnable export;
    private final BooleanProperty exportable = new SimpleBooleanProperty(true);

    /// @param export asked for by the Export button
    public ResultsView(Runnable export) {
        this.export = export;
        setId("results-view");
        getStyleClass().addAll("results-view", "edge-to-edge");
        content.getStyleClass().add("page");
        setContent(content);
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
    }

    /// Whether the student can be exported now.
    public BooleanProperty exportableProperty() {
        return exportable;
    }

    public void show(Results results) {
        ResultsViewModel model = new ResultsViewModel(results);
        content.getChildren().setAll(headlines(model), card("Side by side", table(model)));
        if (!model.intervals().isEmpty()) {
            content.getChildren().add(card(model.metric() + " on dev and test rows, with 95 % interval", intervals(model)));
        }
        if (!model.samples().isEmpty()) {
            content.getChildren().add(model.isGeneration()
                    ? card("Sample answers", new SampleAnswers(model.samples()))
                    : card("Sample predictions", samples(model.samples())));
        }
        content.getChildren().add(1, exportCard(model));
    }

    private static Node headlines(ResultsViewModel model) {
        HBox row = new HBox(12);
        for (ResultsViewModel.Headline headline : model.headlines()) {
            Label title = new Label(headline.title());
            title.getStyleClass().add("muted");
            Label value = new Label(headline.value());
            value.getStyleClass().add("headline");
            value.pseudoClassStateChanged(GOOD, Boolean.TRUE.equals(headline.good()));
            value.pseudoClassStateChanged(BAD, Boolean.FALSE.equals(headline.good()));
            Label detail = new Label(headline.detail());
            detail.getStyleClass().add("setting-help");
            detail.setWrapText(true);
            VBox card = new VBox(2, title, value, detail);
            card.getStyleClass().addAll("card", "headline-card");
            card.setPrefWidth(150);
            card.setMinWidth(0);
            HBox.setHgrow(card, Priority.ALWAYS);
            row.getChildren().add(card);
        }
        return row;
    }

    private static Node table(ResultsViewModel model) {
        ComparisonGrid grid = new ComparisonGrid(COLUMN_SHARES, "", "FP16-SFT", "BitNet-SFT", "BitDistill", "vs FP16");
        grid.setId("results-table");
        model.table().forEach(row -> grid.addMeasure(row.name(), row.fp16Sft(), row.bitnetSft(), row.bitDistill(), row.versus()));
        return grid;
    }

    private static Node intervals(ResultsViewModel model) {
        IntervalChart chart = new IntervalChart();
        chart.setId("interval-chart");
        chart.setRows(model.intervals().stream().map(interval -> new IntervalChart.Row(
                interval.model(), COLORS.getOrDefault(interval.key(), ChartColor.ZERO), interval.value(), interval.low(), interval.high()))
                .toList());
        double height = 40 + ROW_OF_INTERVALS * model.intervals().size();
        chart.setPrefHeight(height);
        chart.setMinHeight(height);
        return chart;
    }

    private static Node samples(List<ResultsViewModel.Sample> samples) {
        TableView<ResultsViewModel.Sample> table = new TableView<>();
        table.setId("samples-table");
        table.getStyleClass().addAll("samples", "striped");
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        TableColumn<ResultsViewModel.Sample, String> text = new TableColumn<>("Text");
        text.setCellValueFactory(row -> new ReadOnlyStringWrapper(row.getValue().text()));
        text.setCellFactory(_ -> textCell());
        text.setPrefWidth(520);
        TableColumn<ResultsViewModel.Sample, String> label = new TableColumn<>("Label");
        label.setCellValueFactory(row -> new ReadOnlyStringWrapper(row.getValue().label()));
        label.setPrefWidth(100);
        table.getColumns().add(text);
        table.getColumns().add(label);
        for (String model : List.of("fp16Sft", "bitnetSft", "bitDistill")) {
            if (samples.stream().anyMatch(sample -> sample.answers().containsKey(model))) {
                table.getColumns().add(answers(model));
            }
        }
        table.getItems().setAll(samples);
        table.setFixedCellSize(ROW_OF_SAMPLES);
        double height = ROW_OF_SAMPLES * (samples.size() + 1) + 8;
        table.setPrefHeight(height);
        table.setMinHeight(Math.min(height, 280));
        return table;
    }

    private static TableCell<ResultsViewModel.Sample, String> textCell() {
        return new TableCell<>() {
            @Override
            protected void updateItem(String item, boolean empty) {
                super.updateItem(item, empty);
                setText(empty ? null : item);
                setTooltip(empty ? null : new Tooltip(item));
            }
        };
    }

    private static TableColumn<ResultsViewModel.Sample, ResultsViewModel.Sample> answers(String model) {
        TableColumn<ResultsViewModel.Sample, ResultsViewModel.Sample> column =
                new TableColumn<>(ResultsViewModel.MODELS.get(model));
        column.setPrefWidth(110);
        column.setCellValueFactory(row -> new javafx.beans.property.ReadOnlyObjectWrapper<>(row.getValue()));
        column.setCellFactory(_ -> new TableCell<>() {
            @Override
            protected void updateItem(ResultsViewModel.Sample sample, boolean empty) {
                super.updateItem(sample, empty);
                boolean wrong = !empty && sample != null && sample.isWrong(model);
                setText(empty || sample == null ? null : sample.answer(model));
                setGraphic(wrong ? new FontIcon(Feather.X) : null);
                pseudoClassStateChanged(WRONG, wrong);
            }
        });
        return column;
    }

    private Node exportCard(ResultsViewModel model) {
        Label title = new Label("Export");
        title.getStyleClass().add("card-title");
        Label what = new Label(model.exported().map(done -> "In the run's folder: " + done)
                .orElse("The student as a Hugging Face folder with packed ternary weights."));
        what.getStyleClass().add("muted");
        what.setWrapText(true);
        VBox words = new VBox(2, title, what);
        HBox.setHgrow(words, Priority.ALWAYS);
        Button button = new Button("Export…", new FontIcon(Feather.SHARE));
        button.setId("export");
        button.getStyleClass().add("accent");
        button.setMinWidth(Region.USE_PREF_SIZE);
        button.setTooltip(new Tooltip("Write the student to a folder of your choice (Ctrl+E)"));
        button.disableProperty().bind(exportable.not());
        button.setOnAction(_ -> export.run());
        HBox card = new HBox(12, words, button);
        card.setAlignment(Pos.CENTER_LEFT);
        card.getStyleClass().add("card");
        return card;
    }

    private static Node card(String title, Node body) {
        Label label = new Label(title);
        label.getStyleClass().add("card-title");
        VBox card = new VBox(8, label, body);
        card.getStyleClass().add("card");
        return card;
    }
}
