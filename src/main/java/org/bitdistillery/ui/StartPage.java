package org.bitdistillery.ui;

import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.run.RunArchive;
import org.bitdistillery.ui.data.PreflightCard;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// What stands where a run will be: what pressing Run does, and the runs of the past.
final class StartPage extends ScrollPane {

    private static final DateTimeFormatter WHEN =
            DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final GridPane plan = new GridPane();
    private final TableView<RunArchive.Entry> runs = new TableView<>();

    StartPage(WorkbenchViewModel workbench, Consumer<Path> open) {
        setId("start-page");
        getStyleClass().add("edge-to-edge");
        setFitToWidth(true);
        setFitToHeight(true);
        Label title = new Label("Distill a language model into 1.58 bits");
        title.getStyleClass().add("start-title");
        Label text = new Label("Choose a stage on the left to set it up, or press Run. Each run works in a process of its own, "
                + "can be paused and resumed, and keeps everything in its folder.");
        text.setWrapText(true);
        text.getStyleClass().add("muted");
        text.setMinHeight(USE_PREF_SIZE);
        Button run = new Button("Run", new FontIcon(Feather.PLAY));
        run.setId("start-run");
        run.getStyleClass().add("accent");
        run.disableProperty().bind(workbench.canStartProperty().not());
        run.setOnAction(_ -> workbench.start());
        VBox words = new VBox(4, title, text);
        HBox.setHgrow(words, Priority.ALWAYS);
        run.setMinWidth(USE_PREF_SIZE);
        HBox head = new HBox(16, words, run);
        head.setAlignment(javafx.geometry.Pos.CENTER_LEFT);
        plan.setId("plan");
        plan.getStyleClass().add("plan");
        plan.setHgap(16);
        plan.setVgap(7);
        VBox runsCard = card("Past runs", table(open));
        VBox.setVgrow(runsCard, Priority.ALWAYS);
        VBox page = new VBox(12, card(null, head), card("What this run will do", plan),
                new PreflightCard(workbench.data().preflight()), runsCard);
        page.getStyleClass().add("page");
        setContent(page);
        workbench.experiment().experimentProperty().addListener((_, _, experiment) -> show(experiment));
        show(workbench.experiment().experimentProperty().get());
    }

    void show(List<RunArchive.Entry> entries) {
        runs.getItems().setAll(entries);
    }

    private void show(Experiment experiment) {
        plan.getChildren().clear();
        int row = 0;
        for (PlanSummary.Line line : PlanSummary.of(experiment)) {
            Label name = new Label(line.stage());
            name.getStyleClass().add("plan-name");
            name.setMinWidth(USE_PREF_SIZE);
            Label detail = new Label(line.text());
            detail.getStyleClass().add("muted");
            detail.setWrapText(true);
            detail.setMinHeight(USE_PREF_SIZE);
            plan.addRow(row++, name, detail);
        }
    }

    private Node table(Consumer<Path> open) {
        runs.setId("past-runs");
        runs.setPlaceholder(new Label("No runs yet. They will be kept in the folder “runs”."));
        runs.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_ALL_COLUMNS);
        runs.getColumns().add(column("Name", 84, RunArchive.Entry::name));
        runs.getColumns().add(column("Started", 96, entry -> WHEN.format(entry.created())));
        runs.getColumns().add(column("State", 72, entry -> entry.state().text()));
        runs.getColumns().add(column("FP16-SFT", 90, entry -> accuracy(entry, "fp16Sft")));
        runs.getColumns().add(column("BitNet-SFT", 98, entry -> accuracy(entry, "bitnetSft")));
        runs.getColumns().add(column("BitDistill", 84, entry -> accuracy(entry, "bitDistill")));
        runs.setRowFactory(_ -> {
            TableRow<RunArchive.Entry> row = new TableRow<>();
            row.setOnMouseClicked(event -> {
                if (event.getClickCount() == 2 && !row.isEmpty()) {
                    open.accept(row.getItem().folder());
                }
            });
            return row;
        });
        runs.setOnKeyPressed(event -> {
            if (event.getCode() == javafx.scene.input.KeyCode.ENTER && runs.getSelectionModel().getSelectedItem() != null) {
                open.accept(runs.getSelectionModel().getSelectedItem().folder());
            }
        });
        runs.setMinHeight(140);
        VBox.setVgrow(runs, Priority.ALWAYS);
        return runs;
    }

    private static String accuracy(RunArchive.Entry entry, String model) {
        Double accuracy = entry.scores().get(model);
        return accuracy == null ? "" : Units.percent(accuracy);
    }

    private static TableColumn<RunArchive.Entry, String> column(
            String title, double width, java.util.function.Function<RunArchive.Entry, String> text) {
        TableColumn<RunArchive.Entry, String> column = new TableColumn<>(title);
        column.setPrefWidth(width);
        column.setCellValueFactory(row -> new ReadOnlyStringWrapper(text.apply(row.getValue())));
        return column;
    }

    private static VBox card(String title, Node body) {
        VBox card = new VBox(8);
        if (title != null) {
            Label label = new Label(title);
            label.getStyleClass().add("card-title");
            card.getChildren().add(label);
        }
        card.getChildren().add(body);
        card.getStyleClass().add("card");
        return card;
    }
}
