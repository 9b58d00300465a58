package org.bitdistillery.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Settings as people type them, on the command line and in a form.
public final class SettingText {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int LONGEST_NUMBER = 40;

    private SettingText() {}

    /// Turns text into the JSON value that the setting expects; text that does not fit stays text, so that the check
    /// that follows can name it.
    ///
    /// @param setting absent for a path that no setting has
    public static JsonNode parse(Optional<SettingDescriptor> setting, String text) {
        if (setting.isEmpty()) {
            return NODES.stringNode(text);
        }
        String stripped = text.strip();
        return switch (setting.get().kind()) {
            case BOOLEAN -> switch (stripped) {
                case "true" -> NODES.booleanNode(true);
                case "false" -> NODES.booleanNode(false);
                default -> NODES.stringNode(text);
            };
            case INTEGER -> integer(stripped);
            case NUMBER -> number(stripped);
            case TEXT -> NODES.stringNode(text);
            case CHOICE -> NODES.stringNode(stripped);
            case TEXT_LIST -> list(text);
            case TEXT_MAP -> map(text);
        };
    }

    private static JsonNode integer(String text) {
        try {
            return shorten(text) ? NODES.stringNode(text) : NODES.numberNode(new BigInteger(text.replace("_", "")));
        } catch (NumberFormatException e) {
            return number(text);
        }
    }

    private static JsonNode number(String text) {
        try {
            return shorten(text) ? NODES.stringNode(text) : NODES.numberNode(new BigDecimal(text));
        } catch (NumberFormatException e) {
            return NODES.stringNode(text);
        }
    }

    private static boolean shorten(String text) {
        return text.length() > LONGEST_NUMBER;
    }

    private static JsonNode list(String text) {
        ArrayNode list = NODES.arrayNode();
        text.strip().lines().flatMap(line -> java.util.Arrays.stream(line.split(","))).map(String::strip)
                .filter(item -> !item.isEmpty()).forEach(list::add);
        return list;
    }

    private static JsonNode map(String text) {
        ObjectNode map = NODES.objectNode();
        for (String entry : text.split("[,\\n]")) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                map.put(entry.substring(0, equals).strip(), entry.substring(equals + 1).strip());
            } else if (!entry.isBlank()) {
                return NODES.stringNode(text);
            }
        }
        return map;
    }
}
