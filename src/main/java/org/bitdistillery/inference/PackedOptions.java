package org.bitdistillery.inference;

import org.bitdistillery.config.InvalidInput;

/// The formats that a folder's weights are laid out in.
///
/// @param ternary   of projections that are ternary: two bits or five a byte
/// @param plain     of projections that are not
/// @param embedding of the embedding and of the output head; a ternary one gets row scales
public record PackedOptions(WeightFormat ternary, WeightFormat plain, WeightFormat embedding) {

    /// As trained: what the engine uses when it reads a folder.
    public static final PackedOptions DEFAULTS =
            new PackedOptions(WeightFormat.TERNARY_2BIT, WeightFormat.F16, WeightFormat.F16);

    public PackedOptions {
        if (!ternary.isTernary() || plain.isTernary()) {
            throw new InvalidInput("Projections of a student are kept as " + WeightFormat.TERNARY_2BIT + " or " + WeightFormat.TERNARY_BASE3
                    + ", others as one of the other formats; asked for are " + ternary + " and " + plain + ".");
        }
    }

    /// For a student.
    public static PackedOptions student(WeightFormat ternary, WeightFormat embedding) {
        return new PackedOptions(ternary, WeightFormat.F16, embedding);
    }
}
