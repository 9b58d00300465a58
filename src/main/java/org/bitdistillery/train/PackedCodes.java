package org.bitdistillery.train;

import java.util.function.IntUnaryOperator;

/// Ternary codes in two bits each, to be compared with later ones.
record PackedCodes(long[] words) {

    private static final int CODES_A_WORD = 32;
    private static final long LOW_BITS = 0x5555_5555_5555_5555L;

    /// @param codes -1, 0 or 1 for each index
    static PackedCodes of(int size, IntUnaryOperator codes) {
        long[] words = new long[(size + CODES_A_WORD - 1) / CODES_A_WORD];
        for (int i = 0; i < size; i++) {
            words[i / CODES_A_WORD] |= (codes.applyAsInt(i) + 1L) << 2 * (i % CODES_A_WORD);
        }
        return new PackedCodes(words);
    }

    /// Codes that differ from those of another matrix of the same size.
    long differences(PackedCodes other) {
        long differences = 0;
        for (int i = 0; i < words.length; i++) {
            long bits = words[i] ^ other.words[i];
            differences += Long.bitCount((bits | bits >>> 1) & LOW_BITS);
        }
        return differences;
    }
}
