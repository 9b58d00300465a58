package org.bitdistillery.inference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory of one worker, for what lives no longer than a share of a matrix product.
final class Scratch {

    /// A piece of an unpacked panel, or of two in pairs of rows, [columns][PANEL].
    final MemorySegment floatTile = tile(FloatMatrix.CHUNK);
    /// Row sums of one token, [UNIT].
    final int[] sums = new int[Lanes.UNIT];
    /// Row sums on their way, [tokens][UNIT].
    final float[] pairSums;
    /// Sums of pairs of rows, [TILE][PANEL].
    final float[] pairs = new float[FloatOperand.TILE * Lanes.PANEL];
    /// Scales of a panel's blocks, [blocks][PANEL].
    final float[] blockScales;
    /// INT8 activations of one token.
    final int[] quantized;
    /// What is left over of two panels when whole groups have been read, [2][PANEL].
    final MemorySegment tails = tile(2);

    /// Room for 32-bit numbers, [columns][PANEL]. Vectors of 512 bits within an array of the heap lie across two cache lines, or do not, as the
    /// collector happens to place it; here they never do.
    static MemorySegment tile(int columns) {
        return Arena.ofAuto().allocate(4L * columns * Lanes.PANEL, Packed.ALIGNMENT);
    }

    /// @param maxTokens of one slice
    Scratch(int maxTokens, int maxColumns) {
        pairSums = new float[Operand.paddedTokens(maxTokens) * Lanes.UNIT];
        blockScales = new float[Packed.blocks(maxColumns) * Lanes.PANEL];
        quantized = new int[maxColumns + Lanes.PANEL];
    }
}
