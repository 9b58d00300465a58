package org.bitdistillery.inference;

import java.lang.foreign.MemorySegment;

/// A linear layer's weights, [rows, columns], with the kernel of their format.
sealed interface Matrix permits FloatMatrix, TernaryMatrix, NibbleMatrix {

    static Matrix of(Packed packed) {
        return switch (packed.format()) {
            case F32 -> new SingleMatrix(packed);
            case F16 -> HalfMatrix.binary16(packed);
            case BF16 -> HalfMatrix.brain(packed);
            case INT8 -> new ByteMatrix(packed);
            case INT4 -> new NibbleMatrix(packed);
            case TERNARY_2BIT -> new TwoBitMatrix(packed);
            case TERNARY_BASE3 -> new Base3Matrix(packed);
        };
    }

    Packed packed();

    default int rows() {
        return packed().rows();
    }

    default int columns() {
        return packed().columns();
    }

    default WeightFormat format() {
        return packed().format();
    }

    /// Bytes in memory.
    default long bytes() {
        MemorySegment data = packed().data();
        return data.byteSize();
    }

    default int units() {
        return Lanes.units(rows());
    }

    /// `out[t] = this · operand[t]` for the rows of some units.
    ///
    /// @param operand loaded with this matrix' number of columns
    /// @param out     [tokens, stride], with room for `Operand.paddedTokens`; the stride is at least `Lanes.padded(rows)`
    /// @param scratch of the worker that asks
    /// @param from    first unit, of `Lanes.units(rows)`
    /// @param to      unit behind the last
    void multiply(Operand operand, float[] out, int stride, Scratch scratch, int from, int to);
}
