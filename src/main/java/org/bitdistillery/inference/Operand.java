package org.bitdistillery.inference;

/// Activations of some tokens in the form that a kernel multiplies with: prepared once, used by every row.
///
/// Tokens are grouped in tiles that a kernel handles at once; a single token is a tile of its own kind.
sealed interface Operand permits FloatOperand, TernaryOperand, BlockOperand {

    /// Outputs need room for whole tiles of any kernel.
    int MOST_A_TILE = 12;

    /// Tokens that outputs need room for, since kernels write whole tiles.
    static int paddedTokens(int tokens) {
        return tokens == 1 ? 1 : Math.ceilDiv(tokens, MOST_A_TILE) * MOST_A_TILE;
    }

    int tokens();

    /// Announces what comes.
    ///
    /// @return tiles to be loaded
    int prepare(int tokens, int columns);

    /// Loads some tiles.
    ///
    /// @param source  [tokens, stride]
    /// @param scratch of the worker that asks
    void load(float[] source, int stride, Scratch scratch, int fromTile, int toTile);
}
