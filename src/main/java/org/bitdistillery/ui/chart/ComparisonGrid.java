package org.bitdistillery.ui.chart;

import javafx.geometry.HPos;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.text.TextAlignment;

/// Few things side by side: one column each, one row a measure, its name in front. Texts that begin with two blanks are indented.
public final class ComparisonGrid extends GridPane {

    private int rows;

    /// @param shares widths of the columns in percent
    /// @param header what stands above them
    public ComparisonGrid(double[] shares, String... header) {
        getStyleClass().add("comparison");
        for (double share : shares) {
            ColumnConstraints column = new ColumnConstraints();
            column.setPercentWidth(share);
            getColumnConstraints().add(column);
        }
        add("comparison-head", header);
    }

    public void addMeasure(String... texts) {
        add(rows % 2 == 1 ? "comparison-odd" : "comparison-even", texts);
    }

    private void add(String style, String... texts) {
        for (int column = 0; column < texts.length; column++) {
            Label label = new Label(texts[column].strip());
            label.getStyleClass().addAll("comparison-cell", style, "column-" + column);
            if (texts[column].startsWith("  ")) {
                label.getStyleClass().add("comparison-inner");
            }
            label.setMaxWidth(Double.MAX_VALUE);
            label.setMaxHeight(Double.MAX_VALUE);
            label.setWrapText(rows == 0);
            label.setTextAlignment(column == 0 ? TextAlignment.LEFT : TextAlignment.RIGHT);
            label.setAlignment(column == 0 ? Pos.CENTER_LEFT : Pos.CENTER_RIGHT);
            setHalignment(label, column == 0 ? HPos.LEFT : HPos.RIGHT);
            add(label, column, rows);
        }
        rows++;
    }
}
