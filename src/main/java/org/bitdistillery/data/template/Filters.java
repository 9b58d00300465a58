package org.bitdistillery.data.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/// Jinja's filters, as far as chat templates use them.
final class Filters {

    private final Budget budget;
    private final Methods methods;

    Filters(Budget budget) {
        this.budget = budget;
        this.methods = new Methods(budget);
    }

    Object apply(String name, Object value, List<Object> positional, Map<String, Object> named) {
        Arguments arguments = new Arguments("the filter " + name, positional, named);
        return switch (name) {
            case "trim" -> Methods.stripped(text(value), arguments, true, true);
            case "length", "count" -> length(value);
            case "upper" -> text(value).toUpperCase(Locale.ROOT);
            case "lower" -> text(value).toLowerCase(Locale.ROOT);
            case "title" -> Methods.title(text(value));
            case "capitalize" -> Methods.capitalized(text(value));
            case "string" -> text(value);
            case "safe" -> value;
            case "tojson" -> json(value, arguments);
            case "default", "d" -> fallback(value, arguments);
            case "replace" -> methods.replaced(text(value), arguments);
            case "indent" -> indented(text(value), arguments);
            case "int" -> whole(value, arguments);
            case "float" -> real(value, arguments);
            case "abs" -> value instanceof Long number ? (Object) Math.abs(number) : (Object) Math.abs(Values.real(number(value, name)));
            default -> ofElements(name, value, arguments);
        };
    }

    private Object ofElements(String name, Object value, Arguments arguments) {
        return switch (name) {
            case "list" -> elements(value);
            case "first" -> elements(value).isEmpty() ? new Values.Undefined("the first element") : elements(value).getFirst();
            case "last" -> elements(value).isEmpty() ? new Values.Undefined("the last element") : elements(value).getLast();
            case "reverse" -> value instanceof String text ? new StringBuilder(text).reverse().toString() : elements(value).reversed();
            case "join" -> joined(value, arguments);
            case "sum" -> elements(value).stream().map(item -> number(item, name)).reduce(0L, (a, b) -> Evaluator.added(a, b));
            case "min" -> elements(value).stream().min(Values::compare).orElse(new Values.Undefined("the least element"));
            case "max" -> elements(value).stream().max(Values::compare).orElse(new Values.Undefined("the largest element"));
            case "sort" -> sorted(value, arguments);
            case "unique" -> unique(value);
            case "items" -> value instanceof Values.Undefined ? new ArrayList<>() : methods.call(value, "items", List.of(), Map.of());
            case "dictsort" -> dictionary(value, arguments);
            case "map" -> mapped(value, arguments);
            case "select" -> selected(value, arguments, false, true);
            case "reject" -> selected(value, arguments, false, false);
            case "selectattr" -> selected(value, arguments, true, true);
            case "rejectattr" -> selected(value, arguments, true, false);
            default -> throw new TemplateProblem("the filter " + name + " is not supported");
        };
    }

    private String text(Object value) {
        return budget.text(Values.text(value));
    }

    private List<Object> elements(Object value) {
        List<Object> elements = Values.elements(value);
        budget.elements(elements.size());
        return elements;
    }

    private static Object length(Object value) {
        return switch (value) {
            case String text -> (long) text.codePointCount(0, text.length());
            case List<?> items -> (long) items.size();
            case Map<?, ?> map -> (long) map.size();
            case Values.Undefined _ -> 0L;
            case null, default -> throw new TemplateProblem("the length of " + Values.kind(value) + " is asked for");
        };
    }

    private static Object number(Object value, String filter) {
        if (Values.isNumber(value)) {
            return Values.number(value);
        }
        throw new TemplateProblem("the filter " + filter + " gets " + Values.kind(value) + " where a number belongs");
    }

    private String json(Object value, Arguments arguments) {
        arguments.atMost(1, "indent", "ensure_ascii");
        boolean ascii = Values.truth(arguments.named().getOrDefault("ensure_ascii", false));
        Object indent = arguments.get(0, "indent", null);
        String json = budget.text(Json.of(value, indent == null ? -1 : Math.min(16, Values.integer(indent, "tojson's indent"))));
        if (!ascii) {
            return json;
        }
        StringBuilder escaped = new StringBuilder();
        json.chars().forEach(next -> escaped.append(next < 128 ? String.valueOf((char) next) : "\\u%04x".formatted(next)));
        return budget.text(escaped.toString());
    }

    private static Object fallback(Object value, Arguments arguments) {
        boolean missing = value instanceof Values.Undefined;
        boolean falseCounts = Values.truth(arguments.get(1, "boolean", false));
        return missing || falseCounts && !Values.truth(value) ? arguments.get(0, "default_value", "") : value;
    }

    private String indented(String text, Arguments arguments) {
        arguments.atMost(3, "width", "first", "blank");
        String blanks = arguments.get(0, "width", 4L) instanceof String own ? own : " ".repeat(Math.clamp(arguments.integer(0, "width", 4), 0, 100));
        boolean blank = Values.truth(arguments.get(2, "blank", false));
        StringBuilder out = new StringBuilder(Values.truth(arguments.get(1, "first", false)) ? blanks : "");
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            out.append(i == 0 ? "" : lines[i].isEmpty() && !blank ? "\n" : "\n" + blanks).append(lines[i]);
        }
        return budget.text(out.toString());
    }

    private Object whole(Object value, Arguments arguments) {
        if (Values.isNumber(value)) {
            return Values.number(value) instanceof Double number ? (Object) number.longValue() : Values.number(value);
        }
        String text = text(value).strip();
        if (text.matches("[+-]?[0-9]{1,18}")) {
            return Long.parseLong(text);
        }
        return text.matches("[+-]?[0-9]{1,18}(\\.[0-9]*)?") ? (Object) (long) Double.parseDouble(text) : arguments.get(0, "default", 0L);
    }

    private Object real(Object value, Arguments arguments) {
        if (Values.isNumber(value)) {
            return Values.real(value);
        }
        String text = text(value).strip();
        return text.matches("[+-]?[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)?") ? (Object) Double.parseDouble(text) : arguments.get(0, "default", 0.0);
    }

    private String joined(Object value, Arguments arguments) {
        Object attribute = arguments.get(1, "attribute", null);
        List<Object> elements = elements(value);
        if (attribute != null) {
            elements.replaceAll(element -> path(element, attribute));
        }
        return methods.joined(Values.text(arguments.get(0, "d", "")), elements);
    }

    private List<Object> sorted(Object value, Arguments arguments) {
        Object attribute = arguments.get(2, "attribute", null);
        boolean exact = Values.truth(arguments.get(1, "case_sensitive", false));
        Comparator<Object> order = (a, b) -> Values.compare(key(a, attribute, exact), key(b, attribute, exact));
        List<Object> elements = elements(value);
        elements.sort(Values.truth(arguments.get(0, "reverse", false)) ? order.reversed() : order);
        return elements;
    }

    private static Object key(Object element, Object attribute, boolean exact) {
        Object key = attribute == null ? element : path(element, attribute);
        return key instanceof String text && !exact ? text.toLowerCase(Locale.ROOT) : key;
    }

    private List<Object> unique(Object value) {
        Map<Object, Object> seen = new LinkedHashMap<>();
        elements(value).forEach(element -> seen.putIfAbsent(Values.key(key(element, null, false)), element));
        return new ArrayList<>(seen.values());
    }

    private List<Object> dictionary(Object value, Arguments arguments) {
        arguments.atMost(0);
        @SuppressWarnings("unchecked")
        List<Object> items = (List<Object>) methods.call(value, "items", List.of(), Map.of());
        budget.elements(items.size());
        items.sort((a, b) -> Values.compare(key(((List<?>) a).getFirst(), null, false), key(((List<?>) b).getFirst(), null, false)));
        return items;
    }

    private List<Object> mapped(Object value, Arguments arguments) {
        List<Object> elements = elements(value);
        if (arguments.named().containsKey("attribute")) {
            Object attribute = arguments.named().get("attribute");
            Object missing = arguments.named().get("default");
            elements.replaceAll(element -> {
                Object found = path(element, attribute);
                return found instanceof Values.Undefined && missing != null ? missing : found;
            });
            return elements;
        }
        String filter = Values.text(arguments.required(0, "filter"));
        List<Object> more = arguments.positional().subList(1, arguments.positional().size());
        elements.replaceAll(element -> apply(filter, element, more, arguments.named()));
        return elements;
    }

    private List<Object> selected(Object value, Arguments arguments, boolean byAttribute, boolean kept) {
        int own = byAttribute ? 1 : 0;
        List<Object> given = arguments.positional();
        Object attribute = byAttribute ? arguments.required(0, "attribute") : null;
        String test = given.size() > own ? Values.text(given.get(own)) : null;
        List<Object> more = given.size() > own + 1 ? given.subList(own + 1, given.size()) : List.of();
        Predicate<Object> holds = element -> {
            Object tested = byAttribute ? path(element, attribute) : element;
            return test == null ? Values.truth(tested) : Tests.holds(test, tested, more);
        };
        List<Object> elements = elements(value);
        elements.removeIf(element -> holds.test(element) != kept);
        return elements;
    }

    /// A member by a path with dots.
    private static Object path(Object element, Object path) {
        Object found = element;
        for (String part : Values.text(path).split("\\.")) {
            found = part.matches("[0-9]{1,9}") && found instanceof List<?> list
                    ? Evaluator.item(list, Long.valueOf(part)) : Values.member(found, part);
        }
        return found;
    }
}
