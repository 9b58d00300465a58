package org.bitdistillery.inference;

/// Where a model's weights come from, under their Hugging Face names.
interface WeightSource {

    /// @throws org.bitdistillery.config.InvalidInput where there is no such matrix or it has another shape
    Matrix matrix(String name, int rows, int columns);

    /// A norm's weights or a bias.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where there is no such vector or it has another length
    float[] vector(String name, int length);
}
