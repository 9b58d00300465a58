package org.bitdistillery.ui.playground;

import java.util.ArrayList;
import java.util.List;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/// A prompt, the answers side by side, and what differs between them.
final class RoundPane extends VBox {

    private final Round round;
    private final List<AnswerCard> cards = new ArrayList<>();
    private final Label comparison = wrapped("");

    RoundPane(Round round) {
        super(8);
        this.round = round;
        getStyleClass().add("round");
        Label who = new Label(round.mode().speaker());
        who.getStyleClass().add("muted");
        Label prompt = wrapped(round.pair().isEmpty() ? round.prompt() : round.prompt() + "\n" + round.pair());
        prompt.getStyleClass().add("round-prompt-text");
        VBox asked = new VBox(2, who, prompt);
        asked.getStyleClass().add("round-prompt");
        comparison.getStyleClass().add("muted");
        getChildren().addAll(asked, answers(), comparison);
        round.answers().forEach(answer -> answer.phaseProperty().addListener((_, _, _) -> compare()));
        compare();
    }

    private GridPane answers() {
        GridPane grid = new GridPane();
        grid.setHgap(12);
        for (Answer answer : round.answers()) {
            ColumnConstraints column = new ColumnConstraints();
            column.setPercentWidth(100.0 / round.answers().size());
            grid.getColumnConstraints().add(column);
            AnswerCard card = new AnswerCard(answer, round.mode());
            card.setMaxHeight(Double.MAX_VALUE);
            cards.add(card);
            grid.addRow(0, card);
        }
        return grid;
    }

    private void compare() {
        boolean comparable = round.isComparable();
        comparison.setText(comparable ? round.comparison() : "");
        comparison.setManaged(comparable);
        if (comparable) {
            cards.getFirst().compare(round.answers().getLast());
            cards.getLast().compare(round.answers().getFirst());
        }
    }

    private static Label wrapped(String text) {
        Label label = new Label(text);
        label.setWrapText(true);
        label.setMinHeight(Region.USE_PREF_SIZE);
        return label;
    }
}
