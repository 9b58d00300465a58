package org.bitdistillery.train;

/// Ternary codes in two bits each, to be compared with later ones.
record PackedCodes(long[] words) {

    private static final int CODES_A_WORD = 32;
    private static final long LOW_BITS = 0x5555_5555_5555_5555L;

    /// @param codes -1, 0 or 1 each
    static PackedCodes of(byte[] codes) {
        long[] words = new long[(codes.length + CODES_A_WORD - 1) / CODES_A_WORD];
        for (int i = 0; i < codes.length; i++) {
            words[i / CODES_A_WORD] |= (codes[i] + 1L) << 2 * (i % CODES_A_WORD);
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
