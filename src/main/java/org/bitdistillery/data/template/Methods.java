package org.bitdistillery.data.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/// The methods of texts, maps and lists that templates call. They are these and no others: nothing is looked up in a class.
final class Methods {

    private final Budget budget;

    Methods(Budget budget) {
        this.budget = budget;
    }

    Object call(Object value, String name, List<Object> positional, Map<String, Object> named) {
        Arguments arguments = new Arguments("the method " + name, positional, named);
        return switch (value) {
            case String text -> ofText(text, name, arguments);
            case Map<?, ?> map -> ofMap(map, name, arguments);
            case List<?> list -> ofList(list, name, arguments);
            case Values.Undefined missing ->
                    throw new TemplateProblem("'%s' is not defined, but its '%s' is called".formatted(missing.name(), name));
            case null, default -> throw unsupported(value, name);
        };
    }

    private static TemplateProblem unsupported(Object value, String name) {
        return new TemplateProblem("the method %s of %s is not supported".formatted(name, Values.kind(value)));
    }

    private Object ofText(String text, String name, Arguments arguments) {
        budget.read(text);
        arguments.atMost(3, "maxsplit", "sep", "keepends");
        return switch (name) {
            case "strip" -> stripped(text, arguments, true, true);
            case "lstrip" -> stripped(text, arguments, true, false);
            case "rstrip" -> stripped(text, arguments, false, true);
            case "startswith" -> any(arguments, text::startsWith);
            case "endswith" -> any(arguments, text::endsWith);
            case "split" -> split(text, arguments);
            case "rsplit" -> reversed(split(reversed(text), new Arguments(arguments.what(), arguments.positional().stream()
                    .map(argument -> argument instanceof String separator ? (Object) reversed(separator) : argument).toList(), arguments.named())));
            case "splitlines" -> new ArrayList<Object>(text.lines().toList());
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> title(text);
            case "capitalize" -> capitalized(text);
            case "replace" -> replaced(text, arguments);
            case "join" -> joined(text, Values.elements(arguments.required(0, "iterable")));
            case "find" -> (long) index(text, text.indexOf(needle(arguments)));
            case "rfind" -> (long) index(text, text.lastIndexOf(needle(arguments)));
            case "count" -> (long) count(text, needle(arguments));
            case "isdigit" -> all(text, Character::isDigit);
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, Character::isLetterOrDigit);
            case "isspace" -> all(text, Character::isWhitespace);
            case "isupper" -> !text.equals(text.toLowerCase(Locale.ROOT)) && text.equals(text.toUpperCase(Locale.ROOT));
            case "islower" -> !text.equals(text.toUpperCase(Locale.ROOT)) && text.equals(text.toLowerCase(Locale.ROOT));
            case "removeprefix" -> text.startsWith(needle(arguments)) ? text.substring(needle(arguments).length()) : text;
            case "removesuffix" -> text.endsWith(needle(arguments)) ? text.substring(0, text.length() - needle(arguments).length()) : text;
            default -> throw unsupported(text, name);
        };
    }

    private static String needle(Arguments arguments) {
        if (arguments.required(0, "text") instanceof String text) {
            return text;
        }
        throw new TemplateProblem(arguments.what() + " needs a text");
    }

    private static boolean any(Arguments arguments, java.util.function.Predicate<String> holds) {
        Object wanted = arguments.required(0, "text");
        List<?> texts = wanted instanceof List<?> several ? several : Collections.singletonList(wanted);
        for (Object text : texts) {
            if (!(text instanceof String)) {
                throw new TemplateProblem(arguments.what() + " needs a text, not " + Values.kind(text));
            }
        }
        return texts.stream().anyMatch(text -> holds.test((String) text));
    }

    private static boolean all(String text, IntPredicate is) {
        return !text.isEmpty() && text.codePoints().allMatch(is);
    }

    private static int index(String text, int at) {
        return at < 0 ? -1 : text.codePointCount(0, at);
    }

    static String stripped(String text, Arguments arguments, boolean left, boolean right) {
        String characters = arguments.text(0, "chars", null);
        IntPredicate goes = characters == null ? Methods::isSpace : character -> characters.indexOf(character) >= 0;
        int begin = 0;
        int end = text.length();
        while (left && begin < end && goes.test(text.codePointAt(begin))) {
            begin += Character.charCount(text.codePointAt(begin));
        }
        while (right && end > begin && goes.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(begin, end);
    }

    /// Python counts the no-break spaces too.
    private static boolean isSpace(int character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == 0x85;
    }

    /// Without a separator at white space, however much of it, and without empty parts.
    private List<Object> split(String text, Arguments arguments) {
        String separator = arguments.text(0, "sep", null);
        int most = arguments.integer(1, "maxsplit", -1);
        if (separator != null && separator.isEmpty()) {
            throw new TemplateProblem("the separator of split is empty");
        }
        List<Object> parts = new ArrayList<>();
        int begin = separator == null ? skipSpace(text, 0) : 0;
        while (most < 0 || parts.size() < most) {
            int end = separator == null ? nextSpace(text, begin) : text.indexOf(separator, begin);
            if (end < 0 || separator == null && begin == text.length()) {
                break;
            }
            parts.add(text.substring(begin, end));
            begin = separator == null ? skipSpace(text, end) : end + separator.length();
        }
        if (separator != null || begin < text.length()) {
            parts.add(text.substring(begin));
        }
        budget.elements(parts.size());
        return parts;
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int nextSpace(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (isSpace(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    private static String reversed(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    private static List<Object> reversed(List<Object> parts) {
        return new ArrayList<>(parts.reversed().stream().map(part -> (Object) reversed((String) part)).toList());
    }

    String replaced(String text, Arguments arguments) {
        String old = needle(arguments);
        String by = Values.text(arguments.required(1, "new"));
        int most = arguments.integer(2, "count", -1);
        long times = most < 0 ? count(text, old) : Math.min(most, count(text, old));
        budget.text(text.length() + times * Math.max(0, by.length() - old.length()));
        if (most < 0) {
            return text.replace(old, by);
        }
        StringBuilder out = new StringBuilder();
        int begin = 0;
        for (int i = 0; i < times; i++) {
            int end = text.indexOf(old, begin);
            out.append(text, begin, end).append(by);
            begin = end + old.length();
            if (old.isEmpty() && begin < text.length()) {
                out.append(text.charAt(begin++));
            }
        }
        return out.append(text, begin, text.length()).toString();
    }

    private static int count(String text, String part) {
        if (part.isEmpty()) {
            return text.length() + 1;
        }
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    String joined(String separator, List<Object> parts) {
        long length = 0;
        List<String> texts = new ArrayList<>();
        for (Object part : parts) {
            texts.add(budget.text(Values.text(part)));
            length += texts.getLast().length() + separator.length();
        }
        budget.text(length);
        return String.join(separator, texts);
    }

    static String capitalized(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1).toLowerCase(Locale.ROOT);
    }

    static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean inside = false;
        for (char next : text.toCharArray()) {
            out.append(inside ? Character.toLowerCase(next) : Character.toUpperCase(next));
            inside = Character.isLetter(next);
        }
        return out.toString();
    }

    private static Object ofMap(Map<?, ?> map, String name, Arguments arguments) {
        return switch (name) {
            case "items" -> new ArrayList<Object>(map.entrySet().stream().map(entry -> pair(entry.getKey(), entry.getValue())).toList());
            case "keys" -> new ArrayList<Object>(map.keySet());
            case "values" -> new ArrayList<Object>(map.values());
            case "get" -> map.containsKey(Values.key(arguments.required(0, "key")))
                    ? map.get(arguments.required(0, "key")) : arguments.get(1, "default", null);
            default -> throw unsupported(map, name);
        };
    }

    private static List<Object> pair(Object key, Object value) {
        return new Values.Tuple(Arrays.asList(key, value));
    }

    private static Object ofList(List<?> list, String name, Arguments arguments) {
        Object wanted = switch (name) {
            case "index", "count" -> arguments.required(0, "value");
            default -> throw unsupported(list, name);
        };
        if (name.equals("count")) {
            return list.stream().filter(item -> Values.equal(item, wanted)).count();
        }
        for (int i = 0; i < list.size(); i++) {
            if (Values.equal(list.get(i), wanted)) {
                return (long) i;
            }
        }
        throw new TemplateProblem("index looks for a value that the list does not have");
    }
}
