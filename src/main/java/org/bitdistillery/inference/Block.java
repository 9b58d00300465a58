package org.bitdistillery.inference;

import java.util.Objects;
import java.util.stream.Stream;

/// Weights of one decoder block. Projections that read the same input stand together; norms hold gains.
///
/// @param queryKeyValue q, k and v
/// @param gateUp        gate and up
record Block(Norms norms, Projection[] queryKeyValue, Projection[] output, Projection[] gateUp, Projection[] down) {

    /// Gains; those that a family does not have are null.
    ///
    /// @param query             of each query head, [headDim]
    /// @param attentionOutput   behind the attention
    /// @param feedForwardOutput behind the feed-forward part
    record Norms(float[] input, float[] query, float[] key, float[] attentionOutput, float[] feedForward, float[] feedForwardOutput) {

        Stream<float[]> all() {
            return Stream.of(input, query, key, attentionOutput, feedForward, feedForwardOutput).filter(Objects::nonNull);
        }
    }

    Stream<Projection> projections() {
        return Stream.of(queryKeyValue, output, gateUp, down).flatMap(Stream::of);
    }
}
