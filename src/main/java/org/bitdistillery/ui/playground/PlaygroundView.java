package org.bitdistillery.ui.playground;

import java.util.List;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.beans.property.StringProperty;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.text.TextAlignment;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// The page on which models are asked: one, or two side by side.
public final class PlaygroundView extends BorderPane {

    private static final double FORM_WIDTH = 320;
    private static final int PROMPT_ROWS = 3;
    /// Nearer to the end than this, the page follows the text.
    private static final double NEAR = 60;

    private final PlaygroundViewModel model;
    private final VBox rounds = new VBox(18);
    private final ScrollPane transcript = new ScrollPane();
    private boolean following = true;

    /// @param choices the models to choose from, asked for whenever a list opens
    public PlaygroundView(PlaygroundViewModel model, Supplier<List<ModelChoice>> choices) {
        this.model = model;
        setId("playground-view");
        getStyleClass().addAll("run-pane", "form-page");
        setLeft(form(choices));
        setCenter(new BorderPane(transcript(), header(), null, composer(), null));
        model.rounds().addListener((ListChangeListener<Round>) _ -> showRounds());
        showRounds();
    }

    private Node form(Supplier<List<ModelChoice>> choices) {
        Label title = new Label("Playground");
        title.getStyleClass().add("form-title");
        Label text = new Label("Ask a model, or teacher and student side by side, on this machine's processor.");
        text.getStyleClass().add("muted");
        text.setWrapText(true);
        text.setMinHeight(Region.USE_PREF_SIZE);
        VBox head = new VBox(3, title, text);
        head.getStyleClass().add("form-header");
        BorderPane pane = new BorderPane(new PlaygroundForm(model, choices), head, null, null, null);
        pane.getStyleClass().add("settings-pane");
        pane.setPrefWidth(FORM_WIDTH);
        pane.setMinWidth(FORM_WIDTH);
        return pane;
    }

    private Node header() {
        Label title = new Label("Answers");
        title.getStyleClass().add("run-name");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Button clear = new Button("Clear", new FontIcon(Feather.TRASH_2));
        clear.setId("playground-clear");
        clear.setTooltip(new Tooltip("Begins anew; the models stay loaded"));
        clear.setMinWidth(USE_PREF_SIZE);
        clear.disableProperty().bind(Bindings.isEmpty(model.rounds()));
        clear.setOnAction(_ -> model.clear());
        HBox box = new HBox(10, title, gap, clear);
        box.getStyleClass().add("run-header");
        box.setAlignment(Pos.CENTER_LEFT);
        return box;
    }

    private Node transcript() {
        transcript.setId("playground-answers");
        transcript.getStyleClass().add("edge-to-edge");
        transcript.setFitToWidth(true);
        transcript.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        rounds.getStyleClass().add("page");
        transcript.vvalueProperty().addListener((_, _, _) -> following = isNearEnd());
        rounds.heightProperty().addListener((_, _, _) -> {
            if (following) {
                // The pane learns of the new height after this.
                Platform.runLater(() -> transcript.setVvalue(1));
            }
        });
        return transcript;
    }

    private boolean isNearEnd() {
        double hidden = rounds.getHeight() - transcript.getViewportBounds().getHeight();
        return hidden <= 0 || (1 - transcript.getVvalue()) * hidden < NEAR;
    }

    private Node composer() {
        TextArea prompt = input("playground-prompt", model.promptProperty(), PROMPT_ROWS);
        prompt.promptTextProperty().bind(Bindings.createStringBinding(() -> switch (model.modeProperty().get()) {
            case TEXT -> "A text to go on with. Enter sends, Shift+Enter begins a line.";
            case CHAT -> "Ask something. Enter sends, Shift+Enter begins a line.";
            case TASK -> model.pairsProperty().get() ? "The first text" : "A text to classify. Enter sends.";
        }, model.modeProperty(), model.pairsProperty()));
        TextArea pair = input("playground-pair", model.pairProperty(), 2);
        pair.setPromptText("The second text. Enter sends.");
        pair.visibleProperty().bind(model.pairsProperty().and(model.modeProperty().isEqualTo(PromptMode.TASK)));
        pair.managedProperty().bind(pair.visibleProperty());
        VBox texts = new VBox(6, prompt, pair);
        HBox.setHgrow(texts, Priority.ALWAYS);
        HBox row = new HBox(10, texts, sendButton());
        row.setAlignment(Pos.BOTTOM_LEFT);
        Label problem = new Label();
        problem.setId("playground-problem");
        problem.getStyleClass().add("setting-message");
        problem.setWrapText(true);
        problem.textProperty().bind(model.problemProperty());
        problem.visibleProperty().bind(model.problemProperty().isNotEmpty());
        problem.managedProperty().bind(problem.visibleProperty());
        VBox composer = new VBox(6, problem, row);
        composer.getStyleClass().add("composer");
        return composer;
    }

    private TextArea input(String id, StringProperty text, int rows) {
        TextArea area = new TextArea();
        area.setId(id);
        area.setWrapText(true);
        area.setPrefRowCount(rows);
        area.textProperty().bindBidirectional(text);
        area.addEventFilter(KeyEvent.KEY_PRESSED, event -> {
            if (event.getCode() == KeyCode.ENTER) {
                if (event.isShiftDown()) {
                    area.replaceSelection("\n");
                } else {
                    send();
                }
                event.consume();
            }
        });
        return area;
    }

    private Button sendButton() {
        FontIcon icon = new FontIcon(Feather.SEND);
        Button send = new Button("Send", icon);
        send.setId("playground-send");
        send.getStyleClass().add("accent");
        send.setMinWidth(96);
        send.textProperty().bind(Bindings.when(model.busyProperty()).then("Stop").otherwise("Send"));
        send.disableProperty().bind(model.canSendProperty().not().and(model.busyProperty().not()));
        model.busyProperty().addListener((_, _, busy) -> icon.setIconCode(busy ? Feather.SQUARE : Feather.SEND));
        send.setOnAction(_ -> {
            if (model.busyProperty().get()) {
                model.stop();
            } else {
                send();
            }
        });
        return send;
    }

    private void send() {
        following = true;
        model.send();
    }

    private void showRounds() {
        boolean empty = model.rounds().isEmpty();
        if (model.rounds().size() < rounds.getChildren().size() || empty) {
            rounds.getChildren().clear();
        }
        for (int i = rounds.getChildren().size(); i < model.rounds().size(); i++) {
            rounds.getChildren().add(new RoundPane(model.rounds().get(i)));
        }
        transcript.setFitToHeight(empty);
        transcript.setContent(empty ? placeholder() : rounds);
    }

    private static Node placeholder() {
        Label title = new Label("Nothing asked yet");
        title.getStyleClass().add("start-title");
        Label text = new Label("Choose a model on the left, and a second one to compare it with. They answer one after the other, "
                + "so that their speeds can be compared; where their texts part is marked.");
        text.getStyleClass().add("muted");
        text.setWrapText(true);
        text.setMaxWidth(440);
        text.setTextAlignment(TextAlignment.CENTER);
        VBox words = new VBox(6, title, text);
        words.setAlignment(Pos.CENTER);
        words.setMaxHeight(Region.USE_PREF_SIZE);
        StackPane pane = new StackPane(words);
        pane.setId("playground-placeholder");
        pane.getStyleClass().add("page");
        return pane;
    }
}
