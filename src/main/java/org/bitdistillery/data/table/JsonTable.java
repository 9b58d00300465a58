package org.bitdistillery.data.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.BadRow;
import org.bitdistillery.data.InputFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Objects of a JSON array or of a file with one a line. A member is a column; one inside of another object is called
/// `outer.inner`, and what is no plain value is its JSON text.
final class JsonTable implements TableReader {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();
    private static final JsonMapper ELEMENTS =
            MAPPER.rebuild().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Path file;
    private final Objects objects;
    private final List<String> columns;

    private JsonTable(Path file, Objects objects, List<String> columns) {
        this.file = file;
        this.objects = objects;
        this.columns = columns;
    }

    static JsonTable open(Path file, boolean lines, List<String> columns) {
        try {
            return new JsonTable(file, lines ? new Lines(file) : new Elements(file), columns);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    /// Names of the members that the first objects have, in the order in which they appear.
    static List<String> columns(Path file, boolean lines, int most) {
        Set<String> names = new LinkedHashSet<>();
        try (JsonTable table = open(file, lines, List.of())) {
            for (int i = 0; i < most; i++) {
                try {
                    JsonNode node = table.objects.next();
                    if (node == null) {
                        break;
                    }
                    addNames(node, "", names);
                } catch (BadRow e) {
                    // Told when the rows are read.
                }
            }
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
        return List.copyOf(names);
    }

    private static void addNames(JsonNode object, String prefix, Set<String> names) {
        object.properties().forEach(member -> {
            if (member.getValue().isObject()) {
                addNames(member.getValue(), prefix + member.getKey() + ".", names);
            } else {
                names.add(prefix + member.getKey());
            }
        });
    }

    /// Whether a file that begins like this has one object a line: its first line is one, and is not all, with the rows in it.
    static boolean isLines(String beginning) {
        List<String> lines = beginning.lines().filter(line -> !line.isBlank()).limit(2).toList();
        try {
            JsonNode first = MAPPER.readTree(lines.getFirst());
            return first.isObject() && (lines.size() > 1 || first.valueStream().noneMatch(JsonTable::holdsObjects));
        } catch (JacksonException e) {
            return false;
        }
    }

    private static boolean holdsObjects(JsonNode value) {
        return value.isArray() && !value.isEmpty() && value.get(0).isObject();
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public TableRow next() {
        try {
            JsonNode object = objects.next();
            if (object == null) {
                return null;
            }
            List<String> cells = new ArrayList<>(columns.size());
            columns.forEach(column -> cells.add(cell(object, column)));
            return new TableRow(objects.where(), List.copyOf(cells));
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    private static String cell(JsonNode object, String column) {
        JsonNode value = object.get(column);
        for (int dot = column.indexOf('.'); value == null && dot > 0; dot = column.indexOf('.', dot + 1)) {
            JsonNode inner = object.get(column.substring(0, dot));
            if (inner != null && inner.isObject()) {
                return cell(inner, column.substring(dot + 1));
            }
        }
        return value == null || value.isNull() ? "" : value.isValueNode() ? value.asString() : value.toString();
    }

    @Override
    public void close() {
        try {
            objects.close();
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be closed (" + e.getMessage() + ").", e);
        }
    }

    private interface Objects {

        JsonNode next() throws IOException;

        String where();

        void close() throws IOException;

        static String problem(JacksonException e) {
            return e.getOriginalMessage().lines().findFirst().orElse("it ends too early");
        }
    }

    private static final class Lines implements Objects {
        private final Path file;
        private final LineReader lines;

        Lines(Path file) throws IOException {
            this.file = file;
            this.lines = new LineReader(InputFiles.unpacked(file), TsvReader.LONGEST);
        }

        @Override
        public JsonNode next() throws IOException {
            String line = TsvReader.line(file, lines);
            while (line != null && line.isBlank()) {
                line = TsvReader.line(file, lines);
            }
            if (line == null) {
                return null;
            }
            try {
                JsonNode node = MAPPER.readTree(line);
                if (node.isObject()) {
                    return node;
                }
                throw new BadRow("%s, %s is no JSON object: each line needs one, between { and }.".formatted(file, where()));
            } catch (JacksonException e) {
                throw new BadRow("%s, %s is not valid JSON (%s): mend the line.".formatted(file, where(), Objects.problem(e)), e);
            }
        }

        @Override
        public String where() {
            return "line %,d".formatted(lines.number());
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    /// Elements of the outermost array, or of the first array in an outermost object.
    private static final class Elements implements Objects {
        private final Path file;
        private final InputStream in;
        private final JsonParser parser;
        private long row;

        Elements(Path file) throws IOException {
            this.file = file;
            this.in = InputFiles.unpacked(file);
            this.parser = ELEMENTS.createParser(in);
            try {
                JsonToken token = parser.nextToken();
                if (token == JsonToken.START_OBJECT) {
                    while ((token = parser.nextToken()) == JsonToken.PROPERTY_NAME) {
                        token = parser.nextToken();
                        if (token == JsonToken.START_ARRAY) {
                            break;
                        }
                        parser.skipChildren();
                    }
                }
                if (token != JsonToken.START_ARRAY) {
                    throw new InvalidInput(file + " has no list of rows: it needs an array of objects, [{...}, {...}].");
                }
            } catch (JacksonException e) {
                throw broken(e);
            } finally {
                if (parser.currentToken() != JsonToken.START_ARRAY) {
                    in.close();
                }
            }
        }

        @Override
        public JsonNode next() throws IOException {
            try {
                JsonToken token = parser.nextToken();
                if (token == JsonToken.END_ARRAY) {
                    return null;
                }
                row++;
                JsonNode node = ELEMENTS.readTree(parser);
                if (node == null) {
                    throw new InvalidInput("%s ends in the middle of its list: it was cut off.".formatted(file));
                }
                if (!node.isObject()) {
                    throw new BadRow("%s, %s is no object: each row needs its columns between { and }.".formatted(file, where()));
                }
                return node;
            } catch (JacksonException e) {
                throw broken(e);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }

        private InvalidInput broken(JacksonException e) throws InvalidInput {
            String line = e.getLocation() == null ? "" : ", line %,d".formatted(e.getLocation().getLineNr());
            return new InvalidInput("%s%s is not valid JSON (%s): mend it there.".formatted(file, line, Objects.problem(e)), e);
        }

        @Override
        public String where() {
            return "row %,d".formatted(row);
        }

        @Override
        public void close() throws IOException {
            parser.close();
            in.close();
        }
    }
}
