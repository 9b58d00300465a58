package org.bitdistillery.data.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitdistillery.data.template.Expression.Arguments;
import org.bitdistillery.data.template.Token.Kind;

/// Reads expressions, with Jinja's precedences: `if`, `or`, `and`, `not`, comparisons, `+ -`, `~`, `* / // %`, `**`, sign, and
/// tightest what stands behind a value: `.name`, `[key]`, `(arguments)`, `| filter`, `is test`.
final class ExpressionParser {

    private static final int DEEPEST = 200;
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Tokens tokens;
    private int depth;

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
    }

    /// One expression, or several with commas between, which make a sequence.
    Expression tuple() {
        int line = tokens.line();
        Expression first = expression();
        if (!tokens.peek().is(Kind.OPERATOR, ",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skip(",")) {
            items.add(expression());
        }
        return new Expression.Sequence(items, true, line);
    }

    Expression expression() {
        if (++depth > DEEPEST) {
            throw new TemplateProblem(tokens.line(), "an expression is nested more than " + DEEPEST + " deep");
        }
        int line = tokens.line();
        Expression value = or();
        while (tokens.skipName("if")) {
            Expression condition = or();
            value = new Expression.Choice(condition, value, tokens.skipName("else") ? expression() : null, line);
        }
        depth--;
        return value;
    }

    /// Without `if` behind it, which ends what a loop goes over.
    Expression or() {
        Expression left = and();
        while (tokens.peek().is(Kind.NAME, "or")) {
            int line = tokens.next().line();
            left = new Expression.Or(left, and(), line);
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.peek().is(Kind.NAME, "and")) {
            int line = tokens.next().line();
            left = new Expression.And(left, not(), line);
        }
        return left;
    }

    private Expression not() {
        int line = tokens.line();
        int count = 0;
        while (tokens.skipName("not")) {
            count++;
        }
        Expression value = comparison();
        return count == 0 ? value : count % 2 == 1 ? new Expression.Not(value, line)
                : new Expression.Not(new Expression.Not(value, line), line);
    }

    private Expression comparison() {
        int line = tokens.line();
        List<Expression> operands = new ArrayList<>(List.of(sum()));
        List<String> operators = new ArrayList<>();
        for (String operator = comparator(); operator != null; operator = comparator()) {
            operators.add(operator);
            operands.add(sum());
        }
        return operators.isEmpty() ? operands.getFirst() : new Expression.Comparison(operands, operators, line);
    }

    private String comparator() {
        Token token = tokens.peek();
        if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
            return tokens.next().text();
        }
        if (tokens.skipName("in")) {
            return "in";
        }
        if (token.is(Kind.NAME, "not") && tokens.peek(1).is(Kind.NAME, "in")) {
            tokens.next();
            tokens.next();
            return "not in";
        }
        return null;
    }

    private Expression sum() {
        return chain(Set.of("+", "-"), () -> chain(Set.of("~"), () -> chain(Set.of("*", "/", "//", "%"), this::power)));
    }

    private Expression chain(Set<String> operators, java.util.function.Supplier<Expression> operand) {
        Expression left = operand.get();
        while (tokens.peek().kind() == Kind.OPERATOR && operators.contains(tokens.peek().text())) {
            Token operator = tokens.next();
            left = new Expression.Arithmetic(operator.text(), left, operand.get(), operator.line());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (tokens.peek().is(Kind.OPERATOR, "**")) {
            int line = tokens.next().line();
            left = new Expression.Arithmetic("**", left, unary(true), line);
        }
        return left;
    }

    private Expression unary(boolean filtered) {
        int line = tokens.line();
        int signs = 0;
        boolean signed = false;
        while (tokens.peek().is(Kind.OPERATOR, "-") || tokens.peek().is(Kind.OPERATOR, "+")) {
            signs += tokens.next().text().equals("-") ? 1 : 0;
            signed = true;
        }
        Expression value = postfix(primary());
        if (signed && signs % 2 == 1) {
            value = new Expression.Negative(value, line);
        }
        return filtered ? filtered(value) : value;
    }

    private Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> switch (token.text()) {
                case "true", "True" -> new Expression.Literal(true, token.line());
                case "false", "False" -> new Expression.Literal(false, token.line());
                case "none", "None" -> new Expression.Literal(null, token.line());
                default -> new Expression.Name(token.text(), token.line());
            };
            case STRING -> text(token);
            case INTEGER -> integer(token);
            case FLOAT -> new Expression.Literal(Double.parseDouble(token.text()), token.line());
            case OPERATOR -> switch (token.text()) {
                case "(" -> inParentheses(token.line());
                case "[" -> new Expression.Sequence(list("]"), false, token.line());
                case "{" -> mapping(token.line());
                default -> throw unexpected(token);
            };
            default -> throw unexpected(token);
        };
    }

    private static TemplateProblem unexpected(Token token) {
        return new TemplateProblem(token.line(), "a value is missing before " + token.shown());
    }

    /// Texts that follow each other are one.
    private Expression text(Token first) {
        StringBuilder text = new StringBuilder(first.text());
        while (tokens.peek().kind() == Kind.STRING) {
            text.append(tokens.next().text());
        }
        return new Expression.Literal(text.toString(), first.line());
    }

    private static Expression integer(Token token) {
        if (token.text().length() > 18) {
            throw new TemplateProblem(token.line(), "the number " + token.text() + " is too large");
        }
        return new Expression.Literal(Long.parseLong(token.text()), token.line());
    }

    private Expression inParentheses(int line) {
        if (tokens.skip(")")) {
            return new Expression.Sequence(List.of(), true, line);
        }
        Expression first = expression();
        if (tokens.skip(")")) {
            return first;
        }
        tokens.expect(",");
        List<Expression> items = new ArrayList<>(List.of(first));
        items.addAll(list(")"));
        return new Expression.Sequence(items, true, line);
    }

    private List<Expression> list(String end) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skip(end)) {
            items.add(expression());
            if (!tokens.peek().is(Kind.OPERATOR, end)) {
                tokens.expect(",");
            }
        }
        return items;
    }

    private Expression mapping(int line) {
        List<Map.Entry<Expression, Expression>> entries = new ArrayList<>();
        while (!tokens.skip("}")) {
            Expression key = expression();
            tokens.expect(":");
            entries.add(Map.entry(key, expression()));
            if (!tokens.peek().is(Kind.OPERATOR, "}")) {
                tokens.expect(",");
            }
        }
        return new Expression.Mapping(entries, line);
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        while (tokens.peek().kind() == Kind.OPERATOR) {
            int line = tokens.line();
            switch (tokens.peek().text()) {
                case "." -> {
                    tokens.next();
                    Token name = tokens.next();
                    value = switch (name.kind()) {
                        case NAME -> new Expression.Attribute(value, name.text(), line);
                        case INTEGER -> new Expression.Item(value, integer(name), line);
                        default -> throw new TemplateProblem(line, "a name is missing behind a dot");
                    };
                }
                case "[" -> {
                    tokens.next();
                    value = subscript(value, line);
                }
                case "(" -> value = new Expression.Call(value, arguments(), line);
                default -> {
                    return value;
                }
            }
        }
        return value;
    }

    private Expression subscript(Expression of, int line) {
        Expression[] bounds = new Expression[3];
        int bound = 0;
        boolean sliced = false;
        while (!tokens.skip("]")) {
            if (tokens.skip(":")) {
                sliced = true;
                if (++bound == bounds.length) {
                    throw new TemplateProblem(line, "a slice has more than three parts");
                }
            } else if (bounds[bound] == null) {
                bounds[bound] = expression();
            } else {
                throw new TemplateProblem(line, "a ] is missing before " + tokens.peek().shown());
            }
        }
        if (!sliced && bounds[0] == null) {
            throw new TemplateProblem(line, "nothing stands between [ and ]");
        }
        return sliced ? new Expression.Slice(of, bounds[0], bounds[1], bounds[2], line) : new Expression.Item(of, bounds[0], line);
    }

    private Arguments arguments() {
        tokens.expect("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.skip(")")) {
            if (tokens.peek().kind() == Kind.NAME && tokens.peek(1).is(Kind.OPERATOR, "=")) {
                String name = tokens.next().text();
                tokens.next();
                named.put(name, expression());
            } else if (tokens.peek().is(Kind.OPERATOR, "*") || tokens.peek().is(Kind.OPERATOR, "**")) {
                throw new TemplateProblem(tokens.line(), "arguments that are unpacked by * are not supported");
            } else {
                positional.add(expression());
            }
            if (!tokens.peek().is(Kind.OPERATOR, ")")) {
                tokens.expect(",");
            }
        }
        return new Arguments(positional, named);
    }

    private Expression filtered(Expression start) {
        Expression value = start;
        while (true) {
            int line = tokens.line();
            if (tokens.skip("|")) {
                String name = tokens.name("a filter");
                value = new Expression.Filter(value, name, tokens.peek().is(Kind.OPERATOR, "(") ? arguments() : Arguments.NONE, line);
            } else if (tokens.skipName("is")) {
                value = test(value, line);
            } else if (tokens.peek().is(Kind.OPERATOR, "(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    private Expression test(Expression of, int line) {
        boolean negated = tokens.skipName("not");
        String name = tokens.name("a test");
        List<Expression> arguments = List.of();
        Token next = tokens.peek();
        if (next.is(Kind.OPERATOR, "(")) {
            arguments = arguments().positional();
        } else if (begins(next)) {
            arguments = List.of(postfix(primary()));
        }
        Expression test = new Expression.Test(of, name, arguments, line);
        return negated ? new Expression.Not(test, line) : test;
    }

    private static boolean begins(Token token) {
        return switch (token.kind()) {
            case NAME -> !Set.of("else", "or", "and", "is", "if", "in", "not", "recursive").contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
    }
}
