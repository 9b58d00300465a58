package org.bitdistillery.data.template;

/// How much a template may still do: it came with a download, so that it ends soon whatever it says.
final class Budget {

    static final int MOST_CHARACTERS = 8 << 20;
    static final int MOST_ELEMENTS = 100_000;
    private static final int MOST_STEPS = 2_000_000;

    private int steps = MOST_STEPS;
    private long characters = 8L * MOST_CHARACTERS;

    void step() {
        if (--steps < 0) {
            throw new TemplateProblem("it does more than %,d steps, which no chat template needs".formatted(MOST_STEPS));
        }
    }

    /// Takes the length of a text that is looked through.
    void read(Object value) {
        if (value instanceof String text) {
            text(text.length());
        }
    }

    /// Takes so many characters for a text that is made.
    void text(long length) {
        characters -= length;
        if (length > MOST_CHARACTERS || characters < 0) {
            throw new TemplateProblem("it makes more than %,d characters, which no chat template needs".formatted(MOST_CHARACTERS));
        }
    }

    String text(String text) {
        text(text.length());
        return text;
    }

    void elements(long count) {
        if (count > MOST_ELEMENTS) {
            throw new TemplateProblem("it makes a list of more than %,d elements, which no chat template needs".formatted(MOST_ELEMENTS));
        }
        steps -= (int) Math.max(0, count);
        step();
    }
}
