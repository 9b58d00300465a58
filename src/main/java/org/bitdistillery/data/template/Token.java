package org.bitdistillery.data.template;

/// A piece of a template's source.
///
/// @param text the source of names and operators, the value of texts and numbers
record Token(Kind kind, String text, int line) {

    enum Kind { DATA, BLOCK_BEGIN, BLOCK_END, VARIABLE_BEGIN, VARIABLE_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END }

    boolean is(Kind expected, String source) {
        return kind == expected && text.equals(source);
    }

    String shown() {
        return switch (kind) {
            case BLOCK_END -> "%}";
            case VARIABLE_END -> "}}";
            case END -> "the end";
            default -> text;
        };
    }
}
