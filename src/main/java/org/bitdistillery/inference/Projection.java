package org.bitdistillery.inference;

/// A linear layer of a block, with the norm that SubLN puts in front of it.
///
/// @param subNorm gain of an RMSNorm over the input, or null
record Projection(Matrix matrix, float[] subNorm) {

    boolean normed() {
        return subNorm != null;
    }

    long bytes() {
        return matrix.bytes() + (normed() ? 4L * subNorm.length : 0);
    }
}
