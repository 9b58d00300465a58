package org.bitdistillery.data.template;

import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The values that templates compute with, and what Python does with them: null for `none`, booleans, long, double, texts, lists,
/// maps, namespaces, functions, and what is not defined.
final class Values {

    private static final double PLAIN_FROM = 1e-4;
    private static final double PLAIN_TO = 1e16;
    private static final int DEEPEST = 100;
    private static final int MOST_COMPARISONS = 100_000;

    private Values() {}

    /// A name or member that is not there.
    record Undefined(String name) {}

    /// What a template can call.
    @FunctionalInterface
    interface Function {
        Object call(List<Object> positional, Map<String, Object> named);
    }

    /// Made by `namespace(...)`: the only thing whose members a template may set.
    record Namespace(Map<String, Object> members) {}

    /// A list that shows itself in parentheses.
    static final class Tuple extends AbstractList<Object> {
        private final List<Object> items;

        Tuple(List<Object> items) {
            this.items = items;
        }

        @Override
        public Object get(int index) {
            return items.get(index);
        }

        @Override
        public int size() {
            return items.size();
        }
    }

    static boolean truth(Object value) {
        return switch (value) {
            case null -> false;
            case Undefined _ -> false;
            case Boolean truth -> truth;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case Collection<?> items -> !items.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /// As Python's `str`.
    static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        if (!(value instanceof Undefined)) {
            show(value, 0, out);
        }
        return out.toString();
    }

    /// As Python's `repr`.
    private static void show(Object value, int depth, StringBuilder out) {
        if (depth > DEEPEST || out.length() > Budget.MOST_CHARACTERS) {
            throw new TemplateProblem("a value is nested too deep or too long to be written");
        }
        switch (value) {
            case null -> out.append("None");
            case Boolean truth -> out.append(truth ? "True" : "False");
            case Double number -> out.append(realText(number));
            case String text -> out.append(quoted(text));
            case Tuple items -> show(items, "(", items.size() == 1 ? ",)" : ")", depth, out);
            case List<?> items -> show(items, "[", "]", depth, out);
            case Map<?, ?> map -> {
                out.append('{');
                boolean first = true;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(first ? "" : ", ");
                    show(entry.getKey(), depth + 1, out);
                    out.append(": ");
                    show(entry.getValue(), depth + 1, out);
                    first = false;
                }
                out.append('}');
            }
            case Undefined _ -> out.append("Undefined");
            case Function _ -> throw new TemplateProblem("a function is written out");
            case Namespace _ -> throw new TemplateProblem("a namespace is written out");
            default -> out.append(value);
        }
    }

    private static void show(List<?> items, String open, String close, int depth, StringBuilder out) {
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            show(items.get(i), depth + 1, out);
        }
        out.append(close);
    }

    static String realText(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(number);
        if (size == 0 || size >= PLAIN_FROM && size < PLAIN_TO) {
            String plain = new BigDecimal(Double.toString(number)).toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String[] parts = Double.toString(number).split("E");
        String mantissa = parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
        int exponent = Integer.parseInt(parts[1]);
        return "%se%s%02d".formatted(mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    private static String quoted(String text) {
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        return quote + text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
                .replace(String.valueOf(quote), quote == '\'' ? "\\'" : "\"") + quote;
    }

    static boolean equal(Object left, Object right) {
        return equal(left, right, new int[] {MOST_COMPARISONS});
    }

    private static boolean equal(Object left, Object right, int[] more) {
        if (--more[0] < 0) {
            throw new TemplateProblem("two values are too large to be compared");
        }
        if (isNumber(left) && isNumber(right)) {
            return number(left) instanceof Long a && number(right) instanceof Long b ? a.equals(b) : real(left) == real(right);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            boolean same = a.size() == b.size();
            for (int i = 0; same && i < a.size(); i++) {
                same = equal(a.get(i), b.get(i), more);
            }
            return same;
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            return a.keySet().equals(b.keySet()) && a.keySet().stream().allMatch(key -> equal(a.get(key), b.get(key), more));
        }
        if (left instanceof Undefined && right instanceof Undefined) {
            return true;
        }
        return Objects.equals(left, right);
    }

    static int compare(Object left, Object right) {
        if (isNumber(left) && isNumber(right)) {
            return number(left) instanceof Long a && number(right) instanceof Long b ? a.compareTo(b) : Double.compare(real(left), real(right));
        }
        if (left instanceof String a && right instanceof String b) {
            return a.compareTo(b);
        }
        throw new TemplateProblem("%s and %s are put in an order".formatted(kind(left), kind(right)));
    }

    /// True and false count as 1 and 0, as in Python.
    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static Object number(Object value) {
        return value instanceof Boolean truth ? (Object) (truth ? 1L : 0L) : value;
    }

    static double real(Object value) {
        return ((Number) number(value)).doubleValue();
    }

    /// The number in a value that has to be a whole one.
    static int integer(Object value, String what) {
        if (number(value) instanceof Long whole && Math.abs(whole) <= Integer.MAX_VALUE) {
            return whole.intValue();
        }
        throw new TemplateProblem("%s is %s where a whole number belongs".formatted(what, kind(value)));
    }

    /// The elements of what a loop can go over: a list's, a map's keys, a text's characters, none of what is not defined.
    static List<Object> elements(Object value) {
        return switch (value) {
            case List<?> items -> new ArrayList<>(items);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text -> new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
            case Undefined _ -> new ArrayList<>();
            case null, default -> throw new TemplateProblem("a loop goes over " + kind(value));
        };
    }

    /// What a map can be asked for: a text, a number, a boolean or none.
    static Object key(Object key) {
        if (key == null || key instanceof String || isNumber(key)) {
            return key;
        }
        throw new TemplateProblem(kind(key) + " is used as the key of a map");
    }

    /// A member by its name; [Undefined] where there is none.
    static Object member(Object value, Object key) {
        return switch (value) {
            case Undefined missing ->
                    throw new TemplateProblem("'%s' is not defined, but its '%s' is asked for".formatted(missing.name(), text(key)));
            case Map<?, ?> map when map.containsKey(key(key)) -> map.get(key);
            case Namespace space when space.members().containsKey(key) -> space.members().get(key);
            case null, default -> new Undefined(text(key));
        };
    }

    static String kind(Object value) {
        return switch (value) {
            case null -> "none";
            case Undefined missing -> "'" + missing.name() + "', which is not defined,";
            case Boolean _ -> "a boolean";
            case Long _ -> "a whole number";
            case Double _ -> "a real number";
            case String _ -> "a text";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a map";
            default -> "a function";
        };
    }

    /// Values of plain Java as a template's: numbers become long or double.
    static Object of(Object value) {
        return switch (value) {
            case Integer number -> number.longValue();
            case Float number -> number.doubleValue();
            case List<?> items -> items.stream().map(Values::of).collect(ArrayList::new, ArrayList::add, ArrayList::addAll);
            case Map<?, ?> map -> {
                Map<Object, Object> copy = new LinkedHashMap<>();
                map.forEach((key, member) -> copy.put(key, of(member)));
                yield copy;
            }
            case null, default -> value;
        };
    }
}
