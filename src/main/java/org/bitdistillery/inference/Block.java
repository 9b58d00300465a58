package org.bitdistillery.inference;

import java.util.stream.Stream;

/// Weights of one decoder block. Projections that read the same input stand together.
///
/// @param queryKeyValue q, k and v
/// @param gateUp        gate and up
record Block(
        float[] inputNorm, Projection[] queryKeyValue, Projection[] output, float[] postAttentionNorm, Projection[] gateUp,
        Projection[] down) {

    Stream<Projection> projections() {
        return Stream.of(queryKeyValue, output, gateUp, down).flatMap(Stream::of);
    }
}
