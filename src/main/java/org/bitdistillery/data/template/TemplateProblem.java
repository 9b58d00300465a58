package org.bitdistillery.data.template;

/// What is wrong with a template, or too much for this interpreter. It becomes a sentence that names the template where it
/// leaves this package.
final class TemplateProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TemplateProblem(String message) {
        super(message);
    }

    TemplateProblem(int line, String message) {
        super("line " + line + ": " + message);
    }
}
