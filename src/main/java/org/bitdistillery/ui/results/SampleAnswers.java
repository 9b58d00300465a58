package org.bitdistillery.ui.results;

import java.util.ArrayList;
import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// Generated texts, one row of the test set at a time: what was asked, the reference, and what each model answers, side by
/// side or, in a narrow window, two by two.
final class SampleAnswers extends VBox {

    private static final double SOURCE_HEIGHT = 110;
    private static final double ANSWER_HEIGHT = 150;
    /// Columns that would be narrower than this stand in two rows.
    private static final double NARROW = 220;

    private final List<ResultsViewModel.Sample> samples;
    private final Label position = new Label();
    private final TextArea source = text("sample-source", SOURCE_HEIGHT);
    private final TextArea reference = text("sample-reference", ANSWER_HEIGHT);
    private final List<String> models = new ArrayList<>();
    private final List<TextArea> answers = new ArrayList<>();
    private int shown;

    /// @param samples at least one
    SampleAnswers(List<ResultsViewModel.Sample> samples) {
        super(8);
        this.samples = samples;
        setId("sample-answers");
        for (String model : List.of("fp16Sft", "bitnetSft", "bitDistill")) {
            if (samples.stream().anyMatch(sample -> sample.answers().containsKey(model))) {
                models.add(model);
                answers.add(text("sample-" + model, ANSWER_HEIGHT));
            }
        }
        Label asked = new Label("Source");
        asked.getStyleClass().add("muted");
        HBox.setHgrow(asked, Priority.ALWAYS);
        asked.setMaxWidth(Double.MAX_VALUE);
        position.getStyleClass().add("muted");
        HBox head = new HBox(8, asked, step("sample-previous", Feather.CHEVRON_LEFT, "Previous row", -1), position,
                step("sample-next", Feather.CHEVRON_RIGHT, "Next row", 1));
        head.setAlignment(Pos.CENTER_LEFT);
        getChildren().addAll(head, source, columns());
        show(0);
    }

    private Node columns() {
        GridPane grid = new GridPane();
        grid.setHgap(12);
        grid.setVgap(8);
        List<VBox> boxes = new ArrayList<>();
        boxes.add(titled("Reference", reference));
        for (int i = 0; i < models.size(); i++) {
            boxes.add(titled(ResultsViewModel.MODELS.get(models.get(i)), answers.get(i)));
        }
        place(grid, boxes, boxes.size());
        grid.widthProperty().addListener((_, _, width) ->
                place(grid, boxes, width.doubleValue() < NARROW * boxes.size() ? Math.min(2, boxes.size()) : boxes.size()));
        return grid;
    }

    private static void place(GridPane grid, List<VBox> boxes, int columns) {
        if (grid.getColumnConstraints().size() == columns) {
            return;
        }
        grid.getChildren().clear();
        grid.getColumnConstraints().clear();
        for (int i = 0; i < columns; i++) {
            ColumnConstraints column = new ColumnConstraints();
            column.setPercentWidth(100.0 / columns);
            grid.getColumnConstraints().add(column);
        }
        for (int i = 0; i < boxes.size(); i++) {
            grid.add(boxes.get(i), i % columns, i / columns);
        }
    }

    private static VBox titled(String title, TextArea text) {
        Label label = new Label(title);
        label.getStyleClass().add("muted");
        return new VBox(4, label, text);
    }

    private Button step(String id, Feather icon, String help, int by) {
        Button button = new Button(null, new FontIcon(icon));
        button.setId(id);
        button.setTooltip(new Tooltip(help));
        button.setAccessibleText(help);
        button.setOnAction(_ -> show(Math.floorMod(shown + by, samples.size())));
        return button;
    }

    private void show(int index) {
        shown = index;
        ResultsViewModel.Sample sample = samples.get(index);
        position.setText((index + 1) + " of " + samples.size());
        source.setText(sample.text());
        reference.setText(sample.label());
        for (int i = 0; i < models.size(); i++) {
            answers.get(i).setText(sample.answer(models.get(i)));
        }
    }

    private static TextArea text(String id, double height) {
        TextArea area = new TextArea();
        area.setId(id);
        area.setEditable(false);
        area.setWrapText(true);
        area.setPrefHeight(height);
        area.setMinHeight(height);
        area.setPrefColumnCount(1);
        return area;
    }
}
