package org.bitdistillery.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bitdistillery.data.template.Token.Kind;

/// Reads a whole template: text, `{{ }}` and the statements for, if, set, macro, break and continue. `generation`, which only
/// marks what is trained on, is looked through.
final class Parser {

    private static final int DEEPEST = 60;

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;

    private Parser(Tokens tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    static List<Node> parse(String source) {
        Parser parser = new Parser(new Tokens(Lexer.tokens(source)));
        List<Node> nodes = parser.body(Set.of());
        parser.tokens.expect(Kind.END, "{% end");
        return nodes;
    }

    /// Nodes up to a statement with one of these names, whose name is read already, or the end of the template.
    private List<Node> body(Set<String> ends) {
        if (++depth > DEEPEST) {
            throw new TemplateProblem(tokens.line(), "statements are nested more than " + DEEPEST + " deep");
        }
        List<Node> nodes = new ArrayList<>();
        while (tokens.peek().kind() != Kind.END) {
            Token token = tokens.peek();
            switch (token.kind()) {
                case DATA -> nodes.add(new Node.Data(tokens.next().text()));
                case VARIABLE_BEGIN -> {
                    tokens.next();
                    nodes.add(new Node.Output(expressions.tuple()));
                    tokens.expect(Kind.VARIABLE_END, "}}");
                }
                default -> {
                    if (tokens.peek(1).kind() == Kind.NAME && ends.contains(tokens.peek(1).text())) {
                        tokens.next();
                        depth--;
                        return nodes;
                    }
                    statement(nodes);
                }
            }
        }
        if (!ends.isEmpty()) {
            throw new TemplateProblem(tokens.line(), "the template ends without {% " + ends.stream().sorted().toList().getLast() + " %}");
        }
        depth--;
        return nodes;
    }

    private void statement(List<Node> nodes) {
        tokens.expect(Kind.BLOCK_BEGIN, "{%");
        int line = tokens.line();
        String name = tokens.name("a statement");
        switch (name) {
            case "if" -> nodes.add(branches());
            case "for" -> nodes.add(loop(line));
            case "set" -> nodes.add(set(line));
            case "macro" -> nodes.add(macro(line));
            case "generation" -> {
                endTag();
                nodes.addAll(body(Set.of("endgeneration")));
                tokens.next();
                endTag();
            }
            case "break", "continue" -> {
                if (loops == 0) {
                    throw new TemplateProblem(line, "{% " + name + " %} stands outside of a loop");
                }
                nodes.add(name.equals("break") ? new Node.Break() : new Node.Continue());
                endTag();
            }
            default -> throw new TemplateProblem(line, "{% " + name + " %} is not supported");
        }
    }

    private void endTag() {
        tokens.expect(Kind.BLOCK_END, "%}");
    }

    private Node branches() {
        List<Node.Branch> branches = new ArrayList<>();
        Expression condition = expressions.tuple();
        while (true) {
            endTag();
            branches.add(new Node.Branch(condition, body(condition == null ? Set.of("endif") : Set.of("elif", "else", "endif"))));
            String end = tokens.next().text();
            if (end.equals("endif")) {
                endTag();
                return new Node.If(List.copyOf(branches));
            }
            condition = end.equals("elif") ? expressions.tuple() : null;
        }
    }

    private Node loop(int line) {
        List<String> targets = targets();
        if (!tokens.skipName("in")) {
            throw new TemplateProblem(line, "a for lacks its in");
        }
        Expression over = expressions.or();
        Expression condition = tokens.skipName("if") ? expressions.expression() : null;
        if (tokens.skipName("recursive")) {
            throw new TemplateProblem(line, "recursive loops are not supported");
        }
        endTag();
        loops++;
        List<Node> body = body(Set.of("else", "endfor"));
        loops--;
        List<Node> otherwise = List.of();
        if (tokens.next().text().equals("else")) {
            endTag();
            otherwise = body(Set.of("endfor"));
            tokens.next();
        }
        endTag();
        return new Node.For(targets, over, condition, body, otherwise, line);
    }

    private List<String> targets() {
        boolean enclosed = tokens.skip("(");
        List<String> targets = new ArrayList<>(List.of(tokens.name("a variable")));
        while (tokens.skip(",")) {
            targets.add(tokens.name("a variable"));
        }
        if (enclosed) {
            tokens.expect(")");
        }
        return List.copyOf(targets);
    }

    private Node set(int line) {
        List<String> targets = targets();
        if (targets.size() == 1 && tokens.skip(".")) {
            String attribute = tokens.name("an attribute");
            tokens.expect("=");
            Node set = new Node.SetAttribute(targets.getFirst(), attribute, expressions.tuple(), line);
            endTag();
            return set;
        }
        if (tokens.skip("=")) {
            Node set = new Node.Set(targets, expressions.tuple(), line);
            endTag();
            return set;
        }
        if (targets.size() > 1 || tokens.peek().kind() != Kind.BLOCK_END) {
            throw new TemplateProblem(line, "a set lacks its =");
        }
        endTag();
        List<Node> body = body(Set.of("endset"));
        tokens.next();
        endTag();
        return new Node.SetBlock(targets.getFirst(), body);
    }

    private Node macro(int line) {
        String name = tokens.name("a macro");
        tokens.expect("(");
        List<Node.Parameter> parameters = new ArrayList<>();
        while (!tokens.skip(")")) {
            String parameter = tokens.name("a parameter");
            parameters.add(new Node.Parameter(parameter, tokens.skip("=") ? expressions.expression() : null));
            if (!tokens.peek().is(Kind.OPERATOR, ")")) {
                tokens.expect(",");
            }
        }
        endTag();
        int outer = loops;
        loops = 0;
        List<Node> body = body(Set.of("endmacro"));
        loops = outer;
        tokens.next();
        if (tokens.peek().kind() == Kind.NAME) {
            tokens.next();
        }
        endTag();
        return new Node.Macro(name, List.copyOf(parameters), body, line);
    }
}
