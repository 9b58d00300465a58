package org.bitdistillery.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import tools.jackson.databind.JsonNode;

/// Reads typed fields of one `config.json` and words what is wrong with them.
///
/// @param prefix where the object stands in the file, with a dot behind it; empty for the whole file
record JsonFields(JsonNode root, Path file, String prefix) {

    JsonFields child(String field) {
        return new JsonFields(root.path(field), file, prefix + field + ".");
    }

    JsonNode node(String field) {
        return root.path(field);
    }

    boolean has(String field) {
        return !root.path(field).isMissingNode() && !root.path(field).isNull();
    }

    String text(String field, String fallback) {
        if (!has(field)) {
            return fallback;
        }
        if (!root.path(field).isString()) {
            throw wrong(field, root.path(field), "it must be a text");
        }
        return root.path(field).asString();
    }

    /// @param fallback null where the field must be there
    int integer(String field, Integer fallback, int max) {
        JsonNode node = root.path(field);
        if (!has(field) && fallback != null) {
            return fallback;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1 || node.intValue() > max) {
            throw wrong(field, node, "it must be a whole number from 1 to " + max);
        }
        return node.intValue();
    }

    /// @param fallback null where the field must be there
    double positive(String field, Double fallback, double max) {
        JsonNode node = root.path(field);
        if (!has(field) && fallback != null) {
            return fallback;
        }
        if (!node.isNumber() || !(node.doubleValue() > 0) || node.doubleValue() > max) {
            throw wrong(field, node, "it must be a number above 0 and at most " + max);
        }
        return node.doubleValue();
    }

    boolean flag(String field, boolean fallback) {
        JsonNode node = root.path(field);
        if (!has(field)) {
            return fallback;
        }
        if (!node.isBoolean()) {
            throw wrong(field, node, "it must be true or false");
        }
        return node.asBoolean();
    }

    /// Token ids: none, one, or a list of them.
    List<Integer> tokens(String field, int vocabulary) {
        JsonNode node = root.path(field);
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : node.isArray() ? node : List.of(node)) {
            if (id.isMissingNode() || id.isNull()) {
                continue;
            }
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < -1 || id.intValue() >= vocabulary) {
                throw wrong(field, node, "it must be a token id below vocab_size, " + vocabulary);
            }
            if (id.intValue() >= 0) {
                ids.add(id.intValue());
            }
        }
        return ids;
    }

    /// Refuses a feature that this program does not compute.
    void refuse(boolean found, String field) {
        if (found) {
            throw unsupported(field, root.path(field).toString());
        }
    }

    InvalidInput unsupported(String field, String found) {
        return ConfigJson.unsupported(file, prefix + field, found);
    }

    InvalidInput wrong(String field, Object found, String why) {
        boolean missing = found instanceof JsonNode node && node.isMissingNode();
        return new InvalidInput(file + ": " + prefix + field + " is " + (missing ? "missing" : found) + ", " + why
                + ". Fetch the file again or mend the field.");
    }
}
