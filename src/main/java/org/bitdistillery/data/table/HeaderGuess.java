package org.bitdistillery.data.table;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Whether the first row of a table names its columns.
///
/// @param reason one sentence
record HeaderGuess(boolean header, String reason) {

    private static final Set<String> USUAL = Set.of(
            "label", "labels", "text", "sentence", "sentence1", "sentence2", "premise", "hypothesis", "question", "question1", "question2",
            "content", "id", "idx", "index", "gold_label", "summary", "article", "highlights", "document", "source", "target", "class",
            "category", "review", "title", "body", "is_duplicate", "quality", "sentiment", "answer", "prompt", "score", "context");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
    private static final int LONGEST_NAME = 60;
    private static final int MOST_WORDS = 6;
    private static final int TEXT_IS_LONGER = 3;

    /// @param rows the first ones, cells without space around them; at least one row
    static HeaderGuess of(List<List<String>> rows) {
        List<String> first = rows.getFirst();
        List<List<String>> others = rows.stream().skip(1).filter(row -> row.size() == first.size()).toList();
        return usualName(first).or(() -> noName(first)).or(() -> repeated(first, others)).or(() -> differs(first, others))
                .orElse(new HeaderGuess(true, "the first line could be names of columns and nothing speaks against it"));
    }

    private static Optional<HeaderGuess> usualName(List<String> first) {
        return first.stream().filter(cell -> USUAL.contains(cell.toLowerCase(Locale.ROOT))).findFirst()
                .map(name -> new HeaderGuess(true, "the first line has the usual name \"" + name + "\""));
    }

    private static Optional<HeaderGuess> noName(List<String> first) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < first.size(); i++) {
            String cell = first.get(i);
            if (NUMBER.matcher(cell).matches()) {
                return Optional.of(new HeaderGuess(false, "the first line has the number " + cell));
            }
            if (cell.length() > LONGEST_NAME || cell.split("\\s+").length > MOST_WORDS) {
                return Optional.of(new HeaderGuess(false, "the first line has a cell too long for a name"));
            }
            if (cell.isEmpty() && i > 0) {
                return Optional.of(new HeaderGuess(false, "the first line has an empty cell"));
            }
            if (!seen.add(cell)) {
                return Optional.of(new HeaderGuess(false, "the first line has \"" + cell + "\" twice"));
            }
        }
        return Optional.empty();
    }

    private static Optional<HeaderGuess> repeated(List<String> first, List<List<String>> others) {
        return IntStream.range(0, first.size())
                .filter(i -> !first.get(i).isEmpty() && others.stream().anyMatch(row -> row.get(i).equals(first.get(i))))
                .mapToObj(first::get).findFirst()
                .map(cell -> new HeaderGuess(false, "\"" + cell + "\" of the first line stands in the same column of other lines"));
    }

    private static Optional<HeaderGuess> differs(List<String> first, List<List<String>> others) {
        if (others.isEmpty()) {
            return Optional.empty();
        }
        for (int i = 0; i < first.size(); i++) {
            int column = i;
            if (others.stream().allMatch(row -> NUMBER.matcher(row.get(column)).matches())) {
                return Optional.of(new HeaderGuess(true, "all lines but the first have a number in column " + (i + 1)));
            }
            double length = others.stream().mapToInt(row -> row.get(column).length()).average().orElse(0);
            if (length > TEXT_IS_LONGER * (double) Math.max(4, first.get(i).length())) {
                return Optional.of(new HeaderGuess(true, "the first line is much shorter in column " + (i + 1)));
            }
        }
        return Optional.empty();
    }
}
