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
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;

/// Task rows of a tab-separated file with a header line, as GLUE has them: UTF-8, one row a line, and quotes are
/// ordinary characters, since movie reviews open some that they never close.
///
/// @param sha256 of the file's bytes
record TsvFile(List<TaskRow> rows, String sha256) {

    /// @throws InvalidInput that names file, line and column
    static TsvFile read(Path file, Task task) {
        try (InputStream in = Files.newInputStream(InputFiles.regular(file));
                DigestInputStream digesting = new DigestInputStream(in, DataHashes.digest());
                BufferedReader reader = InputFiles.utf8(digesting)) {
            String header = reader.readLine();
            if (header == null) {
                throw new InvalidInput(file + " is an empty data set: it has not even a header line.");
            }
            List<TaskRow> rows = rows(reader, file, new TaskColumns(file, names(header), task));
            if (rows.isEmpty()) {
                throw new InvalidInput(file + " is an empty data set: it has a header line and no rows.");
            }
            return new TsvFile(rows, DataHashes.hex(digesting.getMessageDigest()));
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    private static List<String> names(String header) {
        return Arrays.stream(header.replace("\uFEFF", "").split("\t", -1)).map(String::strip).toList();
    }

    private static List<TaskRow> rows(BufferedReader reader, Path file, TaskColumns columns) throws IOException {
        List<TaskRow> rows = new ArrayList<>();
        String line;
        for (long number = 2; (line = reader.readLine()) != null; number++) {
            if (!line.isBlank()) {
                List<String> fields = List.of(line.split("\t", -1));
                if (fields.size() != columns.count()) {
                    throw new InvalidInput("%s, line %,d has %d tab-separated columns, its header line has %d: mend the line."
                            .formatted(file, number, fields.size(), columns.count()));
                }
                rows.add(columns.row(fields, "line %,d".formatted(number)));
            }
        }
        return rows;
    }
}
