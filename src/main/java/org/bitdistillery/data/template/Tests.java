package org.bitdistillery.data.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Jinja's tests: what stands behind `is`.
final class Tests {

    private Tests() {}

    static boolean holds(String name, Object value, List<Object> arguments) {
        return switch (name) {
            case "defined" -> !(value instanceof Values.Undefined);
            case "undefined" -> value instanceof Values.Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof String;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "number" -> Values.isNumber(value);
            case "mapping" -> value instanceof Map;
            case "sequence" -> value instanceof List || value instanceof String || value instanceof Map || value instanceof Values.Undefined;
            case "iterable" -> value instanceof List || value instanceof String || value instanceof Map || value instanceof Values.Undefined;
            case "callable" -> value instanceof Values.Function;
            case "odd" -> Math.floorMod(Values.integer(value, "what odd tests"), 2) == 1;
            case "even" -> Math.floorMod(Values.integer(value, "what even tests"), 2) == 0;
            case "divisibleby" -> Math.floorMod(Values.integer(value, "what divisibleby tests"), nonzero(one(name, arguments))) == 0;
            case "upper" -> Values.text(value).equals(Values.text(value).toUpperCase(Locale.ROOT));
            case "lower" -> Values.text(value).equals(Values.text(value).toLowerCase(Locale.ROOT));
            case "equalto", "eq", "==", "sameas" -> Values.equal(value, one(name, arguments));
            case "ne", "!=" -> !Values.equal(value, one(name, arguments));
            case "lt", "<", "lessthan" -> Values.compare(value, one(name, arguments)) < 0;
            case "le", "<=" -> Values.compare(value, one(name, arguments)) <= 0;
            case "gt", ">", "greaterthan" -> Values.compare(value, one(name, arguments)) > 0;
            case "ge", ">=" -> Values.compare(value, one(name, arguments)) >= 0;
            case "in" -> Evaluator.contains(one(name, arguments), value);
            default -> throw new TemplateProblem("the test " + name + " is not supported");
        };
    }

    private static Object one(String name, List<Object> arguments) {
        if (arguments.size() != 1) {
            throw new TemplateProblem("the test " + name + " needs one argument");
        }
        return arguments.getFirst();
    }

    private static int nonzero(Object value) {
        int number = Values.integer(value, "the argument of divisibleby");
        if (number == 0) {
            throw new TemplateProblem("divisibleby gets 0");
        }
        return number;
    }
}
