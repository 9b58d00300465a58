package org.bitdistillery.inference;

/// How a matrix is kept in memory and in the packed file. All sizes follow from rows and columns ([Packed]).
///
/// @see <a href="../../../../../../docs/packed-format.md">docs/packed-format.md</a>
public enum WeightFormat {
    /// 32-bit floats.
    F32(1, 128, false),
    /// IEEE binary16, lifted by one power of two a matrix: the baseline.
    F16(1, 64, false),
    /// The upper half of 32-bit floats.
    BF16(1, 64, false),
    /// Bytes with a scale a row.
    INT8(1, 32, true),
    /// Four bits in blocks of 32 columns; a block's scale is 0 to 127 times the row's.
    INT4(32, 512, true),
    /// Ternary, two bits a weight, multiplied with INT8 activations in exact integers.
    TERNARY_2BIT(16, 128, false),
    /// Ternary, five weights a byte.
    TERNARY_BASE3(20, 128, false);

    private final int columnsAGroup;
    private final int groupBytes;
    private final boolean alwaysRowScaled;

    WeightFormat(int columnsAGroup, int groupBytes, boolean alwaysRowScaled) {
        this.columnsAGroup = columnsAGroup;
        this.groupBytes = groupBytes;
        this.alwaysRowScaled = alwaysRowScaled;
    }

    public boolean isTernary() {
        return this == TERNARY_2BIT || this == TERNARY_BASE3;
    }

    /// Columns that are kept together.
    int columnsAGroup() {
        return columnsAGroup;
    }

    boolean alwaysRowScaled() {
        return alwaysRowScaled;
    }

    /// Bytes of the codes of one panel of rows.
    long panelBytes(int columns) {
        if (this == TERNARY_BASE3) {
            int tail = Math.ceilDiv(columns % columnsAGroup, Base3.TRITS);
            return (long) (columns / columnsAGroup) * groupBytes + (long) tail * Lanes.PANEL;
        }
        return (long) Math.ceilDiv(columns, columnsAGroup) * groupBytes;
    }
}
