package org.bitdistillery.inference;

import java.util.EnumMap;
import java.util.Map;

/// A session's operands, one for each kind of kernel, made when the first matrix of the kind is met.
final class Operands {

    /// What matrices that can share an operand have in common.
    enum Kind { FLOATS, TWO_BITS, BASE3, BLOCKS }

    private final int maxTokens;
    private final int maxColumns;
    private final Map<Kind, Operand> operands = new EnumMap<>(Kind.class);

    Operands(int maxTokens, int maxColumns) {
        this.maxTokens = maxTokens;
        this.maxColumns = maxColumns;
    }

    static Kind kind(Matrix matrix) {
        return switch (matrix.format()) {
            case F32, F16, BF16, INT8 -> Kind.FLOATS;
            case INT4 -> Kind.BLOCKS;
            case TERNARY_2BIT -> Kind.TWO_BITS;
            case TERNARY_BASE3 -> Kind.BASE3;
        };
    }

    Operand of(Matrix matrix) {
        Kind kind = kind(matrix);
        Operand known = operands.get(kind);
        if (known == null) {
            known = create(kind);
            operands.put(kind, known);
        }
        return known;
    }

    private Operand create(Kind kind) {
        return switch (kind) {
            case FLOATS -> new FloatOperand(maxTokens, maxColumns);
            case TWO_BITS -> new TernaryOperand(WeightFormat.TERNARY_2BIT, maxTokens, maxColumns);
            case BASE3 -> new TernaryOperand(WeightFormat.TERNARY_BASE3, maxTokens, maxColumns);
            case BLOCKS -> new BlockOperand(maxTokens, maxColumns);
        };
    }
}
