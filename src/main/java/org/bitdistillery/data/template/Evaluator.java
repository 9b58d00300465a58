package org.bitdistillery.data.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Computes the values of expressions.
final class Evaluator {

    private final Budget budget;
    private final Filters filters;
    private final Methods methods;

    Evaluator(Budget budget) {
        this.budget = budget;
        this.filters = new Filters(budget);
        this.methods = new Methods(budget);
    }

    boolean holds(Expression condition, Scope scope) {
        return Values.truth(value(condition, scope));
    }

    /// @throws TemplateProblem that names the line
    Object value(Expression expression, Scope scope) {
        budget.step();
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.Sequence sequence -> sequence.tuple()
                    ? new Values.Tuple(values(sequence.items(), scope)) : values(sequence.items(), scope);
            case Expression.Mapping mapping -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                mapping.entries().forEach(entry -> map.put(Values.key(value(entry.getKey(), scope)), value(entry.getValue(), scope)));
                yield map;
            }
            case Expression.And and -> {
                Object left = value(and.left(), scope);
                yield Values.truth(left) ? value(and.right(), scope) : left;
            }
            case Expression.Or or -> {
                Object left = value(or.left(), scope);
                yield Values.truth(left) ? left : value(or.right(), scope);
            }
            case Expression.Not not -> !holds(not.of(), scope);
            case Expression.Choice choice -> holds(choice.condition(), scope) ? value(choice.then(), scope)
                    : choice.otherwise() == null ? new Values.Undefined("a choice without else") : value(choice.otherwise(), scope);
            case Expression.Comparison comparison -> compared(comparison, scope);
            default -> computed(expression, scope);
        };
    }

    private List<Object> values(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>();
        expressions.forEach(item -> values.add(value(item, scope)));
        return values;
    }

    /// What can go wrong, with its line.
    private Object computed(Expression expression, Scope scope) {
        try {
            return switch (expression) {
                case Expression.Attribute attribute -> Values.member(value(attribute.of(), scope), attribute.name());
                case Expression.Item item -> {
                    Object of = value(item.of(), scope);
                    budget.read(of);
                    yield item(of, value(item.key(), scope));
                }
                case Expression.Slice slice -> sliced(slice, scope);
                case Expression.Call call -> called(call, scope);
                case Expression.Filter filter -> filters.apply(filter.name(), value(filter.of(), scope),
                        values(filter.arguments().positional(), scope), named(filter.arguments(), scope));
                case Expression.Test test -> Tests.holds(test.name(), value(test.of(), scope), values(test.arguments(), scope));
                case Expression.Negative negative -> negated(value(negative.of(), scope));
                case Expression.Arithmetic arithmetic ->
                        arithmetic(arithmetic.operator(), value(arithmetic.left(), scope), value(arithmetic.right(), scope));
                default -> throw new IllegalStateException(expression.toString());
            };
        } catch (TemplateProblem e) {
            throw e.getMessage().startsWith("line ") ? e : new TemplateProblem(expression.line(), e.getMessage());
        }
    }

    private Map<String, Object> named(Expression.Arguments arguments, Scope scope) {
        Map<String, Object> named = new LinkedHashMap<>();
        arguments.named().forEach((name, argument) -> named.put(name, value(argument, scope)));
        return named;
    }

    private Object called(Expression.Call call, Scope scope) {
        List<Object> positional = new ArrayList<>();
        Object owner = call.function() instanceof Expression.Attribute attribute ? value(attribute.of(), scope) : null;
        Object function = call.function() instanceof Expression.Attribute attribute && !(owner instanceof Values.Undefined)
                ? Values.member(owner, attribute.name()) : call.function() instanceof Expression.Attribute ? null : value(call.function(), scope);
        positional.addAll(values(call.arguments().positional(), scope));
        Map<String, Object> named = named(call.arguments(), scope);
        if (function instanceof Values.Function known) {
            return known.call(positional, named);
        }
        if (call.function() instanceof Expression.Attribute attribute) {
            return methods.call(owner, attribute.name(), positional, named);
        }
        if (call.function() instanceof Expression.Name name && function instanceof Values.Undefined) {
            throw new TemplateProblem("the function " + name.name() + " is not supported");
        }
        throw new TemplateProblem(Values.kind(function) + " is called like a function");
    }

    private boolean compared(Expression.Comparison comparison, Scope scope) {
        Object left = value(comparison.operands().getFirst(), scope);
        for (int i = 0; i < comparison.operators().size(); i++) {
            Object right = value(comparison.operands().get(i + 1), scope);
            budget.read(left);
            budget.read(right);
            if (!compared(comparison.operators().get(i), left, right, comparison.line())) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private static boolean compared(String operator, Object left, Object right, int line) {
        try {
            return switch (operator) {
                case "==" -> Values.equal(left, right);
                case "!=" -> !Values.equal(left, right);
                case "<" -> Values.compare(left, right) < 0;
                case "<=" -> Values.compare(left, right) <= 0;
                case ">" -> Values.compare(left, right) > 0;
                case ">=" -> Values.compare(left, right) >= 0;
                case "in" -> contains(right, left);
                default -> !contains(right, left);
            };
        } catch (TemplateProblem e) {
            throw new TemplateProblem(line, e.getMessage());
        }
    }

    static boolean contains(Object whole, Object part) {
        return switch (whole) {
            case String text when part instanceof String piece -> text.contains(piece);
            case List<?> items -> items.stream().anyMatch(item -> Values.equal(item, part));
            case Map<?, ?> map -> map.containsKey(Values.key(part));
            case Values.Undefined _ -> false;
            case null, default -> throw new TemplateProblem("%s is looked for in %s".formatted(Values.kind(part), Values.kind(whole)));
        };
    }

    static Object item(Object of, Object key) {
        if (key instanceof Long index && of instanceof List<?> list) {
            long place = index < 0 ? index + list.size() : index;
            return place >= 0 && place < list.size() ? list.get((int) place) : new Values.Undefined("element " + index);
        }
        if (key instanceof Long index && of instanceof String text) {
            int[] characters = text.codePoints().toArray();
            long place = index < 0 ? index + characters.length : index;
            return place >= 0 && place < characters.length ? Character.toString(characters[(int) place]) : new Values.Undefined("character " + index);
        }
        return Values.member(of, key);
    }

    /// With Python's rules for bounds that are left out, negative or too large.
    private Object sliced(Expression.Slice slice, Scope scope) {
        Object of = value(slice.of(), scope);
        if (!(of instanceof String) && !(of instanceof List)) {
            throw new TemplateProblem("a part of " + Values.kind(of) + " is taken");
        }
        List<Object> elements = Values.elements(of);
        budget.elements(elements.size());
        int size = elements.size();
        int step = bound(slice.step(), scope, 1);
        if (step == 0) {
            throw new TemplateProblem("a slice has the step 0");
        }
        int from = place(bound(slice.from(), scope, step > 0 ? 0 : size), size, step);
        int to = slice.to() == null || isNone(slice.to(), scope) ? step > 0 ? size : -1 : place(bound(slice.to(), scope, 0), size, step);
        List<Object> taken = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            taken.add(elements.get((int) i));
        }
        return of instanceof String ? methods.joined("", taken) : taken;
    }

    private boolean isNone(Expression bound, Scope scope) {
        return value(bound, scope) == null;
    }

    private int bound(Expression bound, Scope scope, int fallback) {
        Object value = bound == null ? null : value(bound, scope);
        return value == null ? fallback : Values.integer(value, "the bound of a slice");
    }

    private static int place(int bound, int size, int step) {
        int least = step > 0 ? 0 : -1;
        int most = step > 0 ? size : size - 1;
        return Math.clamp(bound < 0 ? (long) bound + size : bound, least, Math.max(least, most));
    }

    private static Object negated(Object value) {
        return switch (Values.number(value)) {
            case Long number -> Math.negateExact(number);
            case Double number -> -number;
            case null, default -> throw new TemplateProblem("the negative of " + Values.kind(value) + " is taken");
        };
    }

    private Object arithmetic(String operator, Object left, Object right) {
        if (operator.equals("~")) {
            return joined(Values.text(left), Values.text(right));
        }
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            return joined(a, b);
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            budget.elements((long) a.size() + b.size());
            List<Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }
        if (operator.equals("*") && left instanceof String text && right instanceof Long times) {
            budget.text(Math.max(0, Math.min(times, Budget.MOST_CHARACTERS + 1L)) * text.length());
            return text.repeat((int) Math.max(0, times));
        }
        if (!Values.isNumber(left) || !Values.isNumber(right)) {
            throw new TemplateProblem("%s %s %s cannot be computed".formatted(Values.kind(left), operator, Values.kind(right)));
        }
        try {
            return numbers(operator, Values.number(left), Values.number(right));
        } catch (ArithmeticException e) {
            throw new TemplateProblem("a number is too large, or something is divided by zero");
        }
    }

    private String joined(String left, String right) {
        budget.text((long) left.length() + right.length());
        return left + right;
    }

    static Object added(Object left, Object right) {
        return numbers("+", left, right);
    }

    private static Object numbers(String operator, Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b && !operator.equals("/") && !operator.equals("**")) {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDiv(a, b);
                default -> Math.floorMod(a, b);
            };
        }
        double a = Values.real(left);
        double b = Values.real(right);
        if (b == 0 && "//%".contains(operator)) {
            throw new ArithmeticException();
        }
        double result = switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "**" -> Math.pow(a, b);
            default -> a - b * Math.floor(a / b);
        };
        boolean whole = operator.equals("**") && left instanceof Long && right instanceof Long && b >= 0;
        if (whole && Math.abs(result) >= 1L << 53) {
            throw new ArithmeticException();
        }
        return whole ? (Object) (long) result : (Object) result;
    }
}
