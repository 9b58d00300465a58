package org.bitdistillery.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;

/// Where a task's text, pair, label and answer stand among a file's columns, and what a row must have there.
final class TaskColumns {

    private static final int NONE = -1;
    private static final int MOST_CHARACTERS = 1 << 20;

    private final Path file;
    private final List<String> names;
    private final List<String> labels;
    private final int text;
    private final int pair;
    private final int label;
    private final int answer;
    private final boolean answered;

    /// @param names    of the file's columns
    /// @param answered whether every row must have its label; else neither the column nor a row's cell in it need be there
    /// @throws InvalidInput where a column is missing
    TaskColumns(Path file, List<String> names, Task task, boolean answered) {
        this.file = file;
        this.answered = answered;
        this.names = names;
        this.labels = List.copyOf(task.labels().keySet());
        boolean classifies = task.kind() == Task.Kind.CLASSIFICATION;
        this.text = find("task.textColumns", task.textColumns());
        this.pair = task.pairColumns().isEmpty() ? NONE : find("task.pairColumns", task.pairColumns());
        this.label = !classifies ? NONE
                : answered ? find("task.labelColumn", List.of(task.labelColumn())) : names.indexOf(task.labelColumn());
        this.answer = classifies ? NONE : find("task.answerColumns", task.answerColumns());
    }

    private int find(String setting, List<String> wanted) {
        Optional<String> found = wanted.stream().filter(names::contains).findFirst();
        return names.indexOf(found.orElseThrow(() -> new InvalidInput(file + " has no column named "
                + String.join(" or ", wanted) + " (" + setting + "): it has " + String.join(", ", names) + ".")));
    }

    /// @param fields of one row, in the order of the names
    /// @param where  of the row in the file, for messages, for example `line 7`
    /// @throws BadRow where a text or answer is empty, or the label is unknown
    TaskRow row(List<String> fields, String where) {
        String asked = filled(fields, text, where);
        String second = pair == NONE ? "" : filled(fields, pair, where);
        if (answer != NONE) {
            return TaskRow.answered(asked, second, filled(fields, answer, where));
        }
        String value = label == NONE ? "" : fields.get(label).strip();
        if (value.isEmpty() && !answered) {
            return TaskRow.labeled(asked, second, TaskRow.NO_LABEL);
        }
        int index = labels.indexOf(value);
        if (index < 0) {
            throw new BadRow("%s, %s, column %s: the label \"%s\" is none of task.labels, which has %s. Add it there, or mend the row."
                    .formatted(file, where, names.get(label), value, String.join(", ", labels)));
        }
        return TaskRow.labeled(asked, second, index);
    }

    private String filled(List<String> fields, int column, String where) {
        String value = fields.get(column).strip();
        if (value.isEmpty()) {
            throw new BadRow("%s, %s, column %s is empty: give it a text or remove the row."
                    .formatted(file, where, names.get(column)));
        }
        if (value.length() > MOST_CHARACTERS) {
            throw new BadRow("%s, %s, column %s has %,d characters, and no text may have more than %,d: shorten it, or look for a quote or line end"
                    .formatted(file, where, names.get(column), value.length(), MOST_CHARACTERS) + " that is missing.");
        }
        return value;
    }
}
