package org.bitdistillery.inference;

/// Five ternary digits in a byte.
///
/// The number `v = Σ c_n·3^(4-n)`, `c = t + 1`, is kept as `ceil(256·v / 243)`, a fraction of 256. Then `D_m = byte·3^m >> 8` is
/// the number of the first m digits, and `c_n = D_(n+1) - 3·D_n` (as in TQ1_0 of GGUF).
final class Base3 {

    static final int TRITS = 5;
    private static final int NUMBERS = 243;

    private Base3() {
    }

    /// @param at    index of the first of up to five codes -1, 0, 1; missing ones are zeros
    static int encode(byte[] codes, int at, int available) {
        int number = 0;
        for (int n = 0; n < TRITS; n++) {
            number = 3 * number + 1 + (n < available ? codes[at + n] : 0);
        }
        return (256 * number + NUMBERS - 1) / NUMBERS;
    }

    /// Digit n of a byte, -1 to 1.
    static int decode(int code, int n) {
        int power = 1;
        for (int i = 0; i < n; i++) {
            power *= 3;
        }
        return (code * power * 3 >> 8) - 3 * (code * power >> 8) - 1;
    }
}
