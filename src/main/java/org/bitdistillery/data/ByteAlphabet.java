package org.bitdistillery.data;

/// GPT-2's way to write bytes as printable characters: those that print in Latin-1 stand for themselves, the others are
/// moved to U+0100 and up in order. A space is therefore `Ġ`, a line break `Ċ`.
final class ByteAlphabet {

    private static final String[] SYMBOLS = symbols();

    private ByteAlphabet() {}

    /// The character that stands for a byte.
    ///
    /// @param value 0 to 255
    static String symbol(int value) {
        return SYMBOLS[value];
    }

    private static String[] symbols() {
        String[] symbols = new String[256];
        int moved = 0;
        for (int value = 0; value < symbols.length; value++) {
            boolean prints = value >= '!' && value <= '~' || value >= '¡' && value <= '¬' || value >= '®';
            symbols[value] = Character.toString(prints ? value : 256 + moved++);
        }
        return symbols;
    }
}
