package org.bitdistillery.inference;

/// Weights of a linear layer, [rows, columns], in the layout of one kernel.
sealed interface Matrix permits HalfMatrix, TernaryMatrix {

    int rows();

    int columns();

    /// Bytes in memory.
    long bytes();

    /// `out[t] = this · operand[t]` for the rows of some units.
    ///
    /// @param operand loaded with this matrix' number of columns
    /// @param out     [tokens, stride], with room for `Operand.paddedTokens`; the stride is at least `Lanes.padded(rows)`
    /// @param worker  who asks, for scratch memory
    /// @param from    first unit, of `Lanes.units(rows)`
    /// @param to      unit behind the last
    void multiply(Operand operand, float[] out, int stride, int worker, int from, int to);

    default int units() {
        return Lanes.units(rows());
    }
}
