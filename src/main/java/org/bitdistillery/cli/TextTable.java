package org.bitdistillery.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Columns of text for a terminal: the first to the left, the others to the right or left as asked.
final class TextTable {

    private static final String GAP = "  ";

    private final boolean numbers;
    private final List<List<String>> rows = new ArrayList<>();

    private TextTable(boolean numbers) {
        this.numbers = numbers;
    }

    /// A table whose columns behind the first hold numbers and stand to the right.
    static TextTable ofNumbers(String... header) {
        return new TextTable(true).row(header);
    }

    static TextTable ofTexts(String... header) {
        return new TextTable(false).row(header);
    }

    TextTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /// The table with a line feed behind every row.
    String text() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, widths) + "\n").collect(Collectors.joining());
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String padding = " ".repeat(widths[i] - row.get(i).length());
            line.append(i == 0 ? "" : GAP).append(numbers && i > 0 ? padding + row.get(i) : row.get(i) + padding);
        }
        return line.toString().stripTrailing();
    }
}
