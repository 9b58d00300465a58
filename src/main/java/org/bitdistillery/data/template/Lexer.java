package org.bitdistillery.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitdistillery.data.template.Token.Kind;

/// Cuts a template into text and the tokens of its tags, with Jinja's rules for white space as chat templates rely on them:
/// `trim_blocks` (a line break behind a block tag goes), `lstrip_blocks` (blanks in front of one go) and the signs `-` and `+`.
final class Lexer {

    private static final List<String> OPERATORS = List.of(
            "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ".", ":", "|", "=");

    private static final Pattern EXPONENT = Pattern.compile("[eE][+-]?[0-9]+");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    /// Whether the text that comes now begins a line.
    private boolean lineBegins = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        String unified = source.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(unified.endsWith("\n") ? unified.substring(0, unified.length() - 1) : unified);
        lexer.read();
        return lexer.tokens;
    }

    private void read() {
        while (at < source.length()) {
            int tag = nextTag();
            boolean strips = tag + 2 < source.length() && source.charAt(tag + 2) == '-';
            boolean keeps = tag + 2 < source.length() && source.charAt(tag + 2) == '+';
            String data = source.substring(at, tag);
            if (tag < source.length()) {
                char sign = source.charAt(tag + 1);
                data = strips ? data.stripTrailing() : sign == '{' || keeps ? data : withoutIndent(data);
            }
            if (!data.isEmpty()) {
                tokens.add(new Token(Kind.DATA, data, line));
            }
            advance(tag);
            if (at < source.length()) {
                tag(source.charAt(at + 1), strips || keeps);
            }
        }
        tokens.add(new Token(Kind.END, "", line));
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    private String withoutIndent(String data) {
        int begin = data.lastIndexOf('\n') + 1;
        boolean whole = begin > 0 || lineBegins;
        return whole && data.substring(begin).isBlank() ? data.substring(0, begin) : data;
    }

    private void tag(char sign, boolean signed) {
        int begin = line;
        advance(at + 2 + (signed ? 1 : 0));
        if (sign == '#') {
            int end = source.indexOf("#}", at);
            if (end < 0) {
                throw new TemplateProblem(begin, "a comment {# has no end #}");
            }
            char before = end > at ? source.charAt(end - 1) : ' ';
            advance(end + 2);
            trim(before, true);
            return;
        }
        boolean block = sign == '%';
        tokens.add(new Token(block ? Kind.BLOCK_BEGIN : Kind.VARIABLE_BEGIN, block ? "{%" : "{{", begin));
        int depth = 0;
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                throw new TemplateProblem(begin, "a tag has no end");
            }
            String end = block ? "%}" : "}}";
            char next = source.charAt(at);
            boolean trims = (next == '-' || next == '+') && source.startsWith(end, at + 1);
            if (depth == 0 && (trims || source.startsWith(end, at))) {
                tokens.add(new Token(block ? Kind.BLOCK_END : Kind.VARIABLE_END, end, line));
                advance(at + end.length() + (trims ? 1 : 0));
                trim(trims ? next : ' ', block);
                return;
            }
            Token token = token();
            depth += "([{".contains(token.text()) && token.kind() == Kind.OPERATOR ? 1 : 0;
            depth -= ")]}".contains(token.text()) && token.kind() == Kind.OPERATOR ? 1 : 0;
            if (depth < 0) {
                throw new TemplateProblem(line, "a " + token.text() + " closes nothing");
            }
            tokens.add(token);
        }
    }

    /// Leaves out what white space the end of a tag swallows.
    private void trim(char sign, boolean block) {
        lineBegins = false;
        int to = at;
        if (sign == '-') {
            while (to < source.length() && Character.isWhitespace(source.charAt(to))) {
                to++;
            }
        } else if (block && sign != '+' && to < source.length() && source.charAt(to) == '\n') {
            to++;
        }
        lineBegins = to > at && source.charAt(to - 1) == '\n';
        advance(to);
    }

    private Token token() {
        char first = source.charAt(at);
        int begin = at;
        if (first == '\'' || first == '"') {
            return string(first);
        }
        if (Character.isDigit(first)) {
            return number();
        }
        if (Character.isLetter(first) || first == '_') {
            while (at < source.length() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
                at++;
            }
            return new Token(Kind.NAME, source.substring(begin, at), line);
        }
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                at += operator.length();
                return new Token(Kind.OPERATOR, operator, line);
            }
        }
        throw new TemplateProblem(line, "there is a " + first + ", which means nothing in a tag");
    }

    private Token number() {
        int begin = at;
        digits();
        boolean real = at + 1 < source.length() && source.charAt(at) == '.' && Character.isDigit(source.charAt(at + 1));
        if (real) {
            at++;
            digits();
        }
        Matcher exponent = EXPONENT.matcher(source).region(at, source.length());
        if (exponent.lookingAt()) {
            at = exponent.end();
            real = true;
        }
        return new Token(real ? Kind.FLOAT : Kind.INTEGER, source.substring(begin, at).replace("_", ""), line);
    }

    private void digits() {
        while (at < source.length() && (Character.isDigit(source.charAt(at)) || source.charAt(at) == '_')) {
            at++;
        }
    }

    private Token string(char quote) {
        int begin = line;
        StringBuilder text = new StringBuilder();
        at++;
        while (at < source.length() && source.charAt(at) != quote) {
            char next = source.charAt(at++);
            line += next == '\n' ? 1 : 0;
            if (next == '\\' && at < source.length()) {
                escape(source.charAt(at++), text);
            } else {
                text.append(next);
            }
        }
        if (at >= source.length()) {
            throw new TemplateProblem(begin, "a text has no closing " + quote);
        }
        at++;
        return new Token(Kind.STRING, text.toString(), begin);
    }

    private void escape(char code, StringBuilder text) {
        switch (code) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case '\\', '\'', '"' -> text.append(code);
            case '\n' -> line++;
            case 'x' -> text.append((char) hexadecimal(2));
            case 'u' -> text.append((char) hexadecimal(4));
            case 'U' -> text.appendCodePoint(hexadecimal(8));
            default -> text.append('\\').append(code);
        }
    }

    private int hexadecimal(int digits) {
        int end = at + digits;
        if (end > source.length() || !source.substring(at, end).matches("[0-9a-fA-F]+")) {
            throw new TemplateProblem(line, "an escape in a text lacks its " + digits + " hexadecimal digits");
        }
        long value = Long.parseLong(source.substring(at, end), 16);
        at = end;
        if (value > Character.MAX_CODE_POINT) {
            throw new TemplateProblem(line, "an escape in a text names no character");
        }
        return (int) value;
    }

    private void skipSpace() {
        int to = at;
        while (to < source.length() && Character.isWhitespace(source.charAt(to))) {
            to++;
        }
        advance(to);
    }

    private void advance(int to) {
        for (int i = at; i < to; i++) {
            line += source.charAt(i) == '\n' ? 1 : 0;
        }
        at = to;
    }
}
