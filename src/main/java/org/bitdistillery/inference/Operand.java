package org.bitdistillery.inference;

/// Activations of some tokens in the form that a kernel multiplies with: prepared once, used by every row.
///
/// Tokens are grouped in tiles that a kernel handles at once; a single token is a tile of its own kind.
sealed interface Operand permits HalfOperand, TernaryOperand {

    /// Tokens that outputs need room for, since kernels write whole tiles.
    static int paddedTokens(int tokens) {
        return tokens == 1 ? 1 : Math.ceilDiv(tokens, HalfOperand.TILE) * HalfOperand.TILE;
    }

    /// Announces what comes.
    ///
    /// @return tiles to be loaded
    int prepare(int tokens, int columns);

    /// Loads some tiles.
    ///
    /// @param source [tokens, stride]
    /// @param worker who asks, for scratch memory
    void load(float[] source, int stride, int worker, int fromTile, int toTile);
}
