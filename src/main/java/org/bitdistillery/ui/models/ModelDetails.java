package org.bitdistillery.ui.models;

import java.util.Map;
import java.util.function.Consumer;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.DataFormat;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.hub.MemoryFit;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// Everything about the selected model, and what can be done with it.
final class ModelDetails extends ScrollPane {

    private static final double NAME_WIDTH = 112;

    private final ModelsViewModel models;
    private final Consumer<LibraryModel> use;
    private final Consumer<LibraryModel> ask;
    private final VBox content = new VBox(14);

    ModelDetails(ModelsViewModel models, Consumer<LibraryModel> use, Consumer<LibraryModel> ask) {
        this.models = models;
        this.use = use;
        this.ask = ask;
        setId("model-details");
        getStyleClass().addAll("edge-to-edge", "model-details");
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        content.getStyleClass().addAll("card", "details-card");
        setContent(content);
        models.selectedProperty().addListener((_, _, model) -> show(model));
        show(models.selectedProperty().get());
    }

    private void show(LibraryModel model) {
        content.getChildren().clear();
        if (model == null) {
            Label nothing = new Label("Select a model to see what it is.");
            nothing.getStyleClass().add("muted");
            content.getChildren().add(nothing);
            return;
        }
        Label name = new Label(model.name());
        name.setId("model-name");
        name.getStyleClass().add("details-title");
        name.setWrapText(true);
        Label origin = new Label(model.origin().text());
        origin.getStyleClass().add("muted");
        HBox line = new HBox(8, ModelTable.badge(model), origin);
        line.setAlignment(Pos.CENTER_LEFT);
        content.getChildren().add(new VBox(6, name, line));
        if (!model.facts().isUsable()) {
            content.getChildren().add(problem(model.facts().problem()));
        }
        content.getChildren().add(buttons(model));
        if (model.fit() != null && model.facts().isUsable()) {
            content.getChildren().add(memory(model.fit(), model.facts().canTeach()));
        }
        content.getChildren().add(facts(model));
        setVvalue(0);
    }

    static Node problem(String sentence) {
        Label text = new Label(sentence);
        text.setId("model-problem");
        text.setWrapText(true);
        text.setMinHeight(Region.USE_PREF_SIZE);
        HBox.setHgrow(text, Priority.ALWAYS);
        HBox box = new HBox(10, new FontIcon(Feather.ALERT_TRIANGLE), text);
        box.getStyleClass().addAll("inset-message", "inset-error");
        return box;
    }

    private Node buttons(LibraryModel model) {
        FlowPane buttons = new FlowPane(8, 8);
        Button teacher = new Button("Use as teacher", new FontIcon(Feather.CHECK));
        teacher.setId("use-as-teacher");
        teacher.getStyleClass().add("accent");
        teacher.setDisable(!model.facts().canTeach());
        teacher.setTooltip(new Tooltip("Sets the experiment's teacher to this model"));
        teacher.setOnAction(_ -> use.accept(model));
        buttons.getChildren().add(teacher);
        if (!model.folder().isEmpty()) {
            Button playground = new Button("Ask", new FontIcon(Feather.MESSAGE_SQUARE));
            playground.setId("ask-model");
            playground.setDisable(!model.facts().isUsable());
            playground.setTooltip(new Tooltip("Opens the model in the playground"));
            playground.setOnAction(_ -> ask.accept(model));
            buttons.getChildren().add(playground);
            Button copy = new Button("Copy path", new FontIcon(Feather.COPY));
            copy.setId("copy-path");
            copy.setTooltip(new Tooltip("Puts the folder's path on the clipboard"));
            copy.setOnAction(_ -> Clipboard.getSystemClipboard().setContent(Map.of(DataFormat.PLAIN_TEXT, model.folder())));
            buttons.getChildren().add(copy);
        }
        if (!model.root().isEmpty()) {
            Button forget = new Button("Remove from the list", new FontIcon(Feather.X));
            forget.setId("forget-folder");
            forget.setTooltip(new Tooltip("The library no longer looks into " + model.root() + "; its files stay"));
            forget.setOnAction(_ -> models.forget(model));
            buttons.getChildren().add(forget);
        }
        return buttons;
    }

    /// Two bars: how much of this machine's memory the model takes.
    private static Node memory(MemoryFit fit, boolean trains) {
        Label title = new Label("Memory, of " + Units.bytes(fit.memoryBytes()) + " here");
        title.getStyleClass().add("card-title");
        title.setTooltip(new Tooltip("Estimates from the shape: answering in F16 with 1,024 tokens;"
                + " stage 3 with the default settings and rows of 64 tokens, and with every setting that saves memory"));
        VBox box = new VBox(6, title, need("To answer with", fit.inferenceBytes(), fit.memoryBytes()));
        if (trains && fit.trains()) {
            box.getChildren().add(need("To distill", fit.trainingBytes(), fit.memoryBytes()));
        }
        if (trains && fit.needsSavings()) {
            box.getChildren().add(need("With savings", fit.savingBytes(), fit.memoryBytes()));
        }
        return box;
    }

    private static Node need(String name, long bytes, long memory) {
        Label label = fixed(name);
        ProgressBar bar = new ProgressBar(Math.min(1, (double) bytes / memory));
        bar.getStyleClass().addAll("memory-bar", bytes > memory ? "memory-bad" : bytes > 0.8 * memory ? "memory-warning" : "memory-good");
        bar.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(bar, Priority.ALWAYS);
        Label size = new Label("≈ " + Units.bytes(bytes));
        size.setMinWidth(78);
        size.setAlignment(Pos.CENTER_RIGHT);
        HBox line = new HBox(8, label, bar, size);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    private static Node facts(LibraryModel model) {
        GridPane grid = new GridPane(8, 7);
        grid.getColumnConstraints().addAll(new ColumnConstraints(NAME_WIDTH), growing());
        int row = 0;
        for (ModelText.Fact fact : ModelText.facts(model)) {
            Label text = new Label(fact.text());
            text.setWrapText(true);
            text.setMinHeight(Region.USE_PREF_SIZE);
            GridPane.setValignment(text, javafx.geometry.VPos.TOP);
            Label name = fixed(fact.name());
            GridPane.setValignment(name, javafx.geometry.VPos.TOP);
            grid.addRow(row++, name, text);
        }
        return grid;
    }

    private static ColumnConstraints growing() {
        ColumnConstraints column = new ColumnConstraints();
        column.setHgrow(Priority.ALWAYS);
        column.setMinWidth(0);
        return column;
    }

    private static Label fixed(String text) {
        Label label = new Label(text);
        label.getStyleClass().add("fact-name");
        label.setMinWidth(NAME_WIDTH);
        label.setPrefWidth(NAME_WIDTH);
        return label;
    }
}
