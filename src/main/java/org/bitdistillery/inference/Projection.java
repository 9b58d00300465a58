package org.bitdistillery.inference;

/// A linear layer of a block, with the norm that SubLN puts in front of it.
///
/// @param bias    of the outputs, or null
/// @param subNorm gain of an RMSNorm over the input, or null
record Projection(Matrix matrix, float[] bias, float[] subNorm) {

    boolean normed() {
        return subNorm != null;
    }

    long bytes() {
        return matrix.bytes() + 4L * ((normed() ? subNorm.length : 0) + (bias == null ? 0 : bias.length));
    }
}
