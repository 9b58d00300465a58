package org.bitdistillery.inference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory of one worker, for what lives no longer than a share of a matrix product.
final class Scratch {

    /// A piece of an unpacked panel, [columns][PANEL].
    final MemorySegment floatTile = tile(FloatMatrix.CHUNK);
    /// The same in pairs of 16-bit codes, [pairs][PANEL].
    final MemorySegment pairTile = tile(TernaryMatrix.MOST_PAIRS);
    /// Row sums on their way, [tokens][PANEL], or [UNITS][tokens][UNIT] where they are looked up.
    final int[] sums;
    /// Weights of some units as numbers of sums; empty where none are looked up.
    final MemorySegment indexes;
    /// INT8 activations of one token.
    final int[] quantized;
    /// What is left over of a panel when whole groups have been read.
    final int[] tail = new int[Lanes.PANEL];

    /// Room for 32-bit numbers, [columns][PANEL]. Vectors of 512 bits within an array of the heap lie across two cache lines, or do not, as the
    /// collector happens to place it; here they never do.
    static MemorySegment tile(int columns) {
        return Arena.ofAuto().allocate(4L * columns * Lanes.PANEL, Packed.ALIGNMENT);
    }

    /// @param maxTokens of one slice
    Scratch(int maxTokens, int maxColumns) {
        boolean looksUp = TritLookup.serves(maxTokens);
        sums = new int[Operand.paddedTokens(Math.max(2, maxTokens)) * (looksUp ? TritLookup.UNITS * Lanes.UNIT : Lanes.PANEL)];
        indexes = looksUp ? Arena.ofAuto().allocate(TritLookup.UNITS * TritLookup.INDEX_BYTES, Packed.ALIGNMENT) : MemorySegment.NULL;
        quantized = new int[maxColumns + Lanes.PANEL];
    }
}
