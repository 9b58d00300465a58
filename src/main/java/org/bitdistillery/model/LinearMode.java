package org.bitdistillery.model;

/// What the seven projections of a block compute with.
public enum LinearMode {
    /// Their weights as they are.
    FULL,
    /// Ternary weights from latent full-precision ones and INT8 activations; gradients pass straight through.
    TERNARY,
    /// Weights that are already `delta · code`, and INT8 activations: an exported student.
    TERNARY_FROZEN;

    public boolean quantizesActivations() {
        return this != FULL;
    }
}
