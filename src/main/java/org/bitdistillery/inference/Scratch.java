package org.bitdistillery.inference;

/// Memory of one worker, for what lives no longer than a share of a matrix product.
final class Scratch {

    /// A piece of an unpacked panel, [columns][PANEL].
    final float[] floatTile = new float[FloatMatrix.CHUNK * Lanes.PANEL];
    /// The same in pairs of 16-bit codes, [pairs][PANEL].
    final int[] pairTile = new int[TernaryMatrix.MOST_PAIRS * Lanes.PANEL];
    /// Row sums on their way, [tokens][PANEL].
    final int[] sums;
    /// INT8 activations of one token.
    final int[] quantized;
    /// What is left over of a panel when whole groups have been read.
    final int[] tail = new int[Lanes.PANEL];

    /// @param maxTokens of one slice
    Scratch(int maxTokens, int maxColumns) {
        sums = new int[Operand.paddedTokens(Math.max(2, maxTokens)) * Lanes.PANEL];
        quantized = new int[maxColumns + Lanes.PANEL];
    }
}
