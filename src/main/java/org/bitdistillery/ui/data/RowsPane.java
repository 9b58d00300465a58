package org.bitdistillery.ui.data;

import java.util.List;
import java.util.Map;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.DataReport;

/// One split of the data: its rows as they stand in the file, what is wrong with some, labels and lengths.
final class RowsPane extends VBox {

    private static final double CHARACTER_WIDTH = 7;
    private static final double NARROWEST = 90;
    private static final double WIDEST = 420;
    private static final double TABLE_HEIGHT = 230;

    RowsPane(DataReport.Split split) {
        super(10);
        getChildren().add(facts(split));
        getChildren().add(table(split));
        if (!split.problems().isEmpty()) {
            Label problems = new Label(String.join("\n", split.problems().subList(0, Math.min(8, split.problems().size()))));
            problems.setId("row-problems");
            problems.setWrapText(true);
            problems.setMinHeight(USE_PREF_SIZE);
            getChildren().add(DataView.card("%s bad rows".formatted(Units.count(split.badRows())), problems));
        }
        if (!split.labels().isEmpty()) {
            getChildren().add(DataView.card("Label balance", labels(split)));
        }
        if (split.lengths() != null) {
            DataReport.TokenLengths lengths = split.lengths();
            Label words = new Label("Mean %.0f, longest %,d, limit %,d tokens; %,d of %,d measured rows are cut.".formatted(
                    lengths.mean(), lengths.longest(), lengths.limit(), lengths.tooLong(), lengths.sampled()));
            words.getStyleClass().add("muted");
            getChildren().add(DataView.card("Lengths", words, new LengthChart(lengths)));
        }
    }

    private static Node facts(DataReport.Split split) {
        String file = split.file().isEmpty() ? "No file of its own" : split.file() + " · " + split.format();
        String repeated = split.repeated() + split.inTrain() == 0 ? ""
                : " · %s repeated, %s among the training rows".formatted(Units.count(split.repeated()), Units.count(split.inTrain()));
        Label rows = new Label("%s rows%s".formatted(Units.count(split.rows()), repeated));
        Label words = new Label(file + (split.reason().isEmpty() ? "" : " · "
                + (split.header() ? "header line: " : "no header line: ") + split.reason()));
        words.getStyleClass().add("muted");
        words.setWrapText(true);
        words.setMinHeight(USE_PREF_SIZE);
        return new VBox(2, rows, words);
    }

    private static Node table(DataReport.Split split) {
        TableView<List<String>> table = new TableView<>();
        table.setId("rows-" + split.name());
        int columns = split.preview().stream().mapToInt(List::size).max().orElse(0);
        boolean ofFile = !split.columns().isEmpty();
        List<String> drawn = List.of("text", "pair", "answer");
        for (int i = 0; i < columns; i++) {
            int index = i;
            double length = split.preview().stream().filter(row -> index < row.size()).mapToInt(row -> row.get(index).length()).average().orElse(0);
            if (!ofFile && length == 0) {
                continue;
            }
            String name = i < split.columns().size() ? split.columns().get(i) : drawn.get(Math.min(i, drawn.size() - 1));
            TableColumn<List<String>, String> column = new TableColumn<>(name);
            column.setPrefWidth(Math.clamp(length * CHARACTER_WIDTH, NARROWEST, WIDEST));
            column.setSortable(false);
            column.setCellValueFactory(row -> new ReadOnlyStringWrapper(
                    index < row.getValue().size() ? row.getValue().get(index).replaceAll("\\s+", " ") : ""));
            table.getColumns().add(column);
        }
        table.getItems().setAll(split.preview());
        table.setPrefHeight(TABLE_HEIGHT);
        table.setMinHeight(TABLE_HEIGHT / 2);
        return table;
    }

    private static Node labels(DataReport.Split split) {
        GridPane grid = new GridPane();
        grid.setHgap(10);
        grid.setVgap(5);
        int row = 0;
        for (Map.Entry<String, Long> label : split.labels().entrySet()) {
            double share = label.getValue() / (double) Math.max(1, split.rows());
            ProgressBar bar = new ProgressBar(share);
            bar.setMaxWidth(Double.MAX_VALUE);
            GridPane.setHgrow(bar, Priority.ALWAYS);
            Label name = new Label(label.getKey());
            Label count = new Label(Units.count(label.getValue()) + " · " + Units.percent(share));
            name.setMinWidth(USE_PREF_SIZE);
            count.setMinWidth(USE_PREF_SIZE);
            count.getStyleClass().add("muted");
            grid.addRow(row++, name, bar, count);
        }
        return grid;
    }
}
