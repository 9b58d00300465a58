package org.bitdistillery.data.template;

import java.util.List;
import java.util.Map;

/// JSON as Python's `json.dumps` writes it with `ensure_ascii=False`, which is what chat templates get from `tojson`.
final class Json {

    private static final int DEEPEST = 100;

    private final int indent;
    private final StringBuilder out = new StringBuilder();

    private Json(int indent) {
        this.indent = indent;
    }

    /// @param indent blanks a level; negative for one line
    static String of(Object value, int indent) {
        Json json = new Json(indent);
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Object value, int depth) {
        if (depth > DEEPEST || out.length() > Budget.MOST_CHARACTERS) {
            throw new TemplateProblem("tojson gets a value that is too deep or too long");
        }
        switch (value) {
            case null -> out.append("null");
            case Boolean truth -> out.append(truth);
            case Long number -> out.append(number);
            case Double number -> out.append(switch (Values.realText(number)) {
                case "nan" -> "NaN";
                case "inf" -> "Infinity";
                case "-inf" -> "-Infinity";
                case String plain -> plain;
            });
            case String text -> quote(text);
            case List<?> items -> {
                out.append('[');
                boolean first = true;
                for (Object item : items) {
                    separate(first, depth + 1);
                    write(item, depth + 1);
                    first = false;
                }
                close(items.isEmpty(), depth, ']');
            }
            case Map<?, ?> map -> {
                out.append('{');
                boolean first = true;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    separate(first, depth + 1);
                    quote(key(entry.getKey()));
                    out.append(": ");
                    write(entry.getValue(), depth + 1);
                    first = false;
                }
                close(map.isEmpty(), depth, '}');
            }
            default -> throw new TemplateProblem("tojson gets " + Values.kind(value));
        }
    }

    private static String key(Object key) {
        return switch (key) {
            case null -> "null";
            case Boolean truth -> truth.toString();
            default -> Values.text(key);
        };
    }

    private void separate(boolean first, int depth) {
        if (!first) {
            out.append(indent < 0 ? ", " : ",");
        }
        line(depth);
    }

    private void close(boolean empty, int depth, char bracket) {
        if (!empty) {
            line(depth);
        }
        out.append(bracket);
    }

    private void line(int depth) {
        if (indent >= 0) {
            out.append('\n').repeat(' ', indent * depth);
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            switch (next) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (next < ' ') {
                        out.append("\\u%04x".formatted((int) next));
                    } else {
                        out.append(next);
                    }
                }
            }
        }
        out.append('"');
    }
}
