package org.bitdistillery.ui.playground;

import javafx.beans.InvalidationListener;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.generation.ModelEvent.Candidate;
import org.bitdistillery.generation.TextAgreement;
import org.bitdistillery.ui.playground.Answer.Phase;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// What one model answers: name, text as it comes, speed, and the tokens that it might have begun with.
final class AnswerCard extends VBox {

    private static final PseudoClass FAILED = PseudoClass.getPseudoClass("failed");
    /// Less is not worth a place.
    private static final double LEAST = 0.0005;

    private final Answer answer;
    private final PromptMode mode;
    private final Text same = new Text();
    private final Text different = new Text();
    private final FlowPane first = new FlowPane(6, 6);

    AnswerCard(Answer answer, PromptMode mode) {
        super(8);
        this.answer = answer;
        this.mode = mode;
        getStyleClass().addAll("card", "answer-card");
        same.getStyleClass().add("answer-text");
        different.getStyleClass().addAll("answer-text", "answer-different");
        TextFlow text = new TextFlow(same, different);
        text.setMinHeight(Region.USE_PREF_SIZE);
        VBox.setVgrow(text, Priority.ALWAYS);
        Label status = new Label();
        status.getStyleClass().add("answer-status");
        status.setWrapText(true);
        status.setMinHeight(Region.USE_PREF_SIZE);
        status.textProperty().bind(answer.statusProperty());
        getChildren().addAll(header(), text, first, status);
        first.getStyleClass().add("answer-first");
        InvalidationListener refresh = _ -> {
            boolean failed = answer.phaseProperty().get() == Phase.FAILED;
            status.pseudoClassStateChanged(FAILED, failed);
            text.setManaged(!failed || !answer.textProperty().get().isEmpty());
            same.setText(answer.textProperty().get());
            showFirst();
        };
        answer.textProperty().addListener(refresh);
        answer.phaseProperty().addListener(refresh);
        refresh.invalidated(null);
    }

    /// Marks what differs from another answer.
    void compare(Answer other) {
        String own = answer.textProperty().get();
        int common = TextAgreement.commonLength(own, other.textProperty().get());
        same.setText(own.substring(0, common));
        different.setText(own.substring(common));
    }

    private Node header() {
        Label name = new Label(answer.model().name());
        name.getStyleClass().add("card-title");
        name.setTooltip(new Tooltip(answer.model().path()));
        Label facts = new Label();
        facts.getStyleClass().add("muted");
        facts.textProperty().bind(answer.factsProperty());
        facts.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(facts, Priority.ALWAYS);
        Button copy = new Button(null, new FontIcon(Feather.COPY));
        copy.getStyleClass().addAll("button-icon", "flat", "reset");
        copy.setTooltip(new Tooltip("Copy the answer"));
        copy.setAccessibleText("Copy the answer");
        copy.setMinWidth(USE_PREF_SIZE);
        copy.disableProperty().bind(answer.textProperty().isEmpty());
        copy.setOnAction(_ -> {
            ClipboardContent content = new ClipboardContent();
            content.putString(answer.textProperty().get());
            Clipboard.getSystemClipboard().setContent(content);
        });
        HBox header = new HBox(8, name, facts, copy);
        header.setAlignment(Pos.CENTER_LEFT);
        return header;
    }

    private void showFirst() {
        first.getChildren().clear();
        if (!answer.candidates().isEmpty()) {
            Label title = new Label(mode == PromptMode.TASK ? "Labels" : "First token");
            title.getStyleClass().add("muted");
            first.getChildren().add(title);
        }
        for (Candidate candidate : answer.candidates()) {
            if (candidate.probability() >= LEAST) {
                String name = mode == PromptMode.TASK ? candidate.text() : visible(candidate.text());
                Label chip = new Label(name + "  " + Units.percent(candidate.probability()));
                chip.getStyleClass().add("token-chip");
                first.getChildren().add(chip);
            }
        }
        first.setManaged(!first.getChildren().isEmpty());
        first.setVisible(first.isManaged());
    }

    private static String visible(String token) {
        return token.isEmpty() ? "␣" : token.replace(" ", "␣").replace("\n", "⏎").replace("\t", "⇥");
    }
}
