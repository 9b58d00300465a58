package org.bitdistillery.inference;

/// How a model's projections are kept in memory and multiplied.
public enum WeightFormat {
    /// Half-precision weights, float32 activations and sums: the baseline.
    FP16,
    /// Two bits a weight, INT8 activations, integer sums.
    TERNARY_2BIT
}
