package org.bitdistillery.quant;

import org.bitdistillery.config.InvalidInput;

/// The packed weights of Hugging Face's `bitnet` quantization: uint8 [rows/4, columns], four rows a byte.
///
/// With `R = rows/4`, bits `2i` and `2i+1` of byte `[r, c]` hold `code + 1` of row `r + i·R`.
public final class TernaryPacking {

    public static final int ROWS_A_BYTE = 4;

    private TernaryPacking() {
    }

    /// @param codes -1, 0 or 1, [rows, columns]
    /// @return uint8 [rows/4, columns]
    /// @throws InvalidInput where rows is not a multiple of 4
    public static byte[] pack(byte[] codes, int rows, int columns) {
        if (rows % ROWS_A_BYTE != 0) {
            throw new InvalidInput("A projection with " + rows
                    + " rows cannot be packed, four rows share a byte. Choose sizes that are multiples of 4.");
        }
        if (codes.length != rows * columns) {
            throw new IllegalArgumentException(codes.length + " codes for " + rows + " x " + columns);
        }
        int plane = rows / ROWS_A_BYTE * columns;
        byte[] packed = new byte[plane];
        for (int i = 0; i < plane; i++) {
            packed[i] = (byte) (codes[i] + 1
                    | codes[i + plane] + 1 << 2
                    | codes[i + 2 * plane] + 1 << 4
                    | codes[i + 3 * plane] + 1 << 6);
        }
        return packed;
    }

    /// @param packed uint8 [rows/4, columns]
    /// @return -1, 0 or 1, [rows, columns]
    /// @throws InvalidInput where two bits hold 3, which no ternary weight does
    public static byte[] unpack(byte[] packed) {
        int plane = packed.length;
        byte[] codes = new byte[Math.multiplyExact(plane, ROWS_A_BYTE)];
        for (int i = 0; i < plane; i++) {
            for (int row = 0; row < ROWS_A_BYTE; row++) {
                int code = packed[i] >>> 2 * row & 3;
                if (code == 3) {
                    throw new InvalidInput("Packed ternary weights hold the code 3 at byte " + i
                            + ", only 0, 1 and 2 are possible: the file is damaged. Export or fetch it again.");
                }
                codes[row * plane + i] = (byte) (code - 1);
            }
        }
        return codes;
    }
}
