package org.bitdistillery.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Lays a configuration tree over a complete one, field by field, and notes what does not fit.
final class SettingsOverlay {

    private static final double LARGEST_EXACT = 9e15;

    private final List<ConfigProblem> problems;

    SettingsOverlay(List<ConfigProblem> problems) {
        this.problems = problems;
    }

    void apply(ObjectNode base, ObjectNode overlay) {
        apply(base, overlay, "");
    }

    private void apply(ObjectNode base, ObjectNode overlay, String prefix) {
        for (var field : overlay.properties()) {
            String path = prefix + field.getKey();
            JsonNode present = base.get(field.getKey());
            if (present == null) {
                problems.add(new ConfigProblem(path, "is not a field of the configuration" + suggestion(path, field.getKey(), base)));
            } else if (Settings.find(path).isPresent()) {
                String problem = problem(Settings.find(path).get(), field.getValue());
                if (problem == null) {
                    base.set(field.getKey(), canonical(Settings.find(path).get(), field.getValue()));
                } else {
                    problems.add(new ConfigProblem(path, problem));
                }
            } else if (field.getValue() instanceof ObjectNode inner) {
                apply((ObjectNode) present, inner, path + ".");
            } else {
                problems.add(new ConfigProblem(path, "is a section: write its fields between { and }."));
            }
        }
    }

    private static JsonNode canonical(SettingDescriptor setting, JsonNode value) {
        return setting.kind() == SettingDescriptor.Kind.CHOICE
                ? ExperimentFile.textNode(value.asString().toLowerCase(Locale.ROOT))
                : value;
    }

    /// What is wrong with a value, or null.
    private static String problem(SettingDescriptor setting, JsonNode value) {
        return switch (setting.kind()) {
            case BOOLEAN -> value.isBoolean() ? null : "must be true or false, not " + shown(value) + ".";
            case INTEGER -> value.isNumber() && value.isIntegralNumber() && Math.abs(value.asDouble()) <= LARGEST_EXACT
                    ? range(setting, value.asDouble())
                    : "must be a whole number" + of(setting) + ", not " + shown(value) + ".";
            case NUMBER -> value.isNumber() && Double.isFinite(value.asDouble())
                    ? range(setting, value.asDouble())
                    : "must be a number" + of(setting) + ", not " + shown(value) + ".";
            case TEXT -> value.isString() ? null : "must be a text in quotes, not " + shown(value) + ".";
            case CHOICE -> value.isString() && setting.choices().contains(value.asString().toLowerCase(Locale.ROOT))
                    ? null
                    : "must be one of " + String.join(", ", setting.choices()) + ", not " + shown(value) + ".";
            case TEXT_LIST -> value.isArray() && value.valueStream().allMatch(JsonNode::isString)
                    ? null
                    : "must be a list of texts, for example [\"a\", \"b\"], not " + shown(value) + ".";
            case TEXT_MAP -> value.isObject() && value.valueStream().allMatch(JsonNode::isString)
                    ? null
                    : "must map texts to texts, for example {\"0\": \"negative\"}, not " + shown(value) + ".";
        };
    }

    private static String range(SettingDescriptor setting, double value) {
        double max = Math.min(setting.max(), setting.kind() == SettingDescriptor.Kind.INTEGER ? intMax(setting) : setting.max());
        if (value < setting.min()) {
            return "is " + number(value) + ", but must be at least " + number(setting.min()) + unit(setting) + ".";
        }
        return value > max ? "is " + number(value) + ", but must be at most " + number(max) + unit(setting) + "." : null;
    }

    private static double intMax(SettingDescriptor setting) {
        boolean wide = setting.path().endsWith("tokens") || setting.path().equals("seed");
        return wide ? LARGEST_EXACT : Integer.MAX_VALUE;
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < LARGEST_EXACT ? Long.toString((long) value) : Double.toString(value);
    }

    private static String of(SettingDescriptor setting) {
        return setting.unit().isEmpty() ? "" : " of " + setting.unit();
    }

    private static String unit(SettingDescriptor setting) {
        return setting.unit().isEmpty() ? "" : " " + setting.unit();
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    /// The nearest name in the same section, or, for a field that stands in the wrong section, its right path.
    private static String suggestion(String path, String name, ObjectNode siblings) {
        Set<String> elsewhere = Settings.all().stream().filter(setting -> setting.name().equals(name))
                .map(SettingDescriptor::path).collect(Collectors.toCollection(TreeSet::new));
        if (!elsewhere.isEmpty()) {
            return "; did you mean " + String.join(" or ", elsewhere) + "?";
        }
        String prefix = path.substring(0, path.length() - name.length());
        return siblings.propertyNames().stream()
                .min((a, b) -> Integer.compare(EditDistance.between(name, a), EditDistance.between(name, b)))
                .map(nearest -> "; the nearest one is " + prefix + nearest + ".")
                .orElse(".");
    }
}
