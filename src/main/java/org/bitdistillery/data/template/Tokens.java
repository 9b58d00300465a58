package org.bitdistillery.data.template;

import java.util.List;
import org.bitdistillery.data.template.Token.Kind;

/// Tokens to be read one after the other.
final class Tokens {

    private final List<Token> tokens;
    private int at;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return peek(0);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = peek();
        at++;
        return token;
    }

    int line() {
        return peek().line();
    }

    /// Goes over an operator if it comes next.
    boolean skip(String operator) {
        return skip(Kind.OPERATOR, operator);
    }

    boolean skipName(String name) {
        return skip(Kind.NAME, name);
    }

    private boolean skip(Kind kind, String text) {
        boolean found = peek().is(kind, text);
        at += found ? 1 : 0;
        return found;
    }

    void expect(String operator) {
        if (!skip(operator)) {
            throw new TemplateProblem(line(), "a " + operator + " is missing before " + peek().shown());
        }
    }

    String name(String what) {
        if (peek().kind() != Kind.NAME) {
            throw new TemplateProblem(line(), "the name of " + what + " is missing before " + peek().shown());
        }
        return next().text();
    }

    void expect(Kind kind, String shown) {
        if (peek().kind() != kind) {
            throw new TemplateProblem(line(), "a " + shown + " is missing before " + peek().shown());
        }
        next();
    }
}
