package org.bitdistillery.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;

/// Labeled rows of a tab-separated file with a header line, as GLUE has them: UTF-8, one row a line, and quotes are
/// ordinary characters, since movie reviews open some that they never close.
///
/// @param sha256 of the file's bytes
record TsvFile(List<LabeledText> rows, String sha256) {

    /// @throws InvalidInput that names file, line and column
    static TsvFile read(Path file, Task task) {
        try (InputStream in = Files.newInputStream(InputFiles.regular(file));
                DigestInputStream digesting = new DigestInputStream(in, DataHashes.digest());
                BufferedReader reader = InputFiles.utf8(digesting)) {
            String header = reader.readLine();
            if (header == null) {
                throw new InvalidInput(file + " is an empty data set: it has not even a header line.");
            }
            List<LabeledText> rows = rows(reader, new Columns(file, header, task));
            if (rows.isEmpty()) {
                throw new InvalidInput(file + " is an empty data set: it has a header line and no rows.");
            }
            return new TsvFile(rows, DataHashes.hex(digesting.getMessageDigest()));
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    private static List<LabeledText> rows(BufferedReader reader, Columns columns) throws IOException {
        List<LabeledText> rows = new ArrayList<>();
        String line;
        for (long number = 2; (line = reader.readLine()) != null; number++) {
            if (!line.isBlank()) {
                rows.add(columns.row(line, number));
            }
        }
        return rows;
    }

    /// Where text and label stand, as the header says.
    private static final class Columns {
        private final Path file;
        private final List<String> names;
        private final List<String> labels;
        private final int text;
        private final int label;

        Columns(Path file, String header, Task task) {
            this.file = file;
            this.names = Arrays.stream(header.replace("\uFEFF", "").split("\t", -1)).map(String::strip).toList();
            this.labels = List.copyOf(task.labels().keySet());
            this.text = find(task.textColumns());
            this.label = find(List.of(task.labelColumn()));
        }

        private int find(List<String> wanted) {
            Optional<String> found = wanted.stream().filter(names::contains).findFirst();
            return names.indexOf(found.orElseThrow(() -> new InvalidInput(file + " has no column named "
                    + String.join(" or ", wanted) + ": its header line has " + String.join(", ", names) + ".")));
        }

        private LabeledText row(String line, long number) {
            String[] fields = line.split("\t", -1);
            if (fields.length != names.size()) {
                throw new InvalidInput("%s, line %,d has %d tab-separated columns, its header line has %d: mend the line."
                        .formatted(file, number, fields.length, names.size()));
            }
            if (fields[text].isBlank()) {
                throw new InvalidInput("%s, line %,d, column %s is empty: give it a text or remove the line."
                        .formatted(file, number, names.get(text)));
            }
            String value = fields[label].strip();
            int index = labels.indexOf(value);
            if (index < 0) {
                throw new InvalidInput("%s, line %,d, column %s: the label \"%s\" is none of task.labels, which has %s."
                        .formatted(file, number, names.get(label), value, String.join(", ", labels)));
            }
            return new LabeledText(fields[text].strip(), index);
        }
    }
}
