package org.bitdistillery.model;

import java.util.List;
import java.util.stream.IntStream;

/// How the layers of a decoder look back.
///
/// @param queryScalar products of queries and keys are divided by its root
/// @param rope        rotary embedding of the layers that see everything before them
/// @param sliding     what is different in the other layers; null where there are none
public record Attention(double queryScalar, Rope rope, Sliding sliding) {

    /// @param window positions that a token sees, itself included
    /// @param rope   rotary embedding of these layers
    /// @param layers whether a layer is one of them, for every layer of the model
    public record Sliding(int window, Rope rope, List<Boolean> layers) {

        public Sliding {
            layers = List.copyOf(layers);
        }

        /// Every layer but each `period`-th one slides.
        static Sliding every(int period, int layers, int window, Rope rope) {
            return new Sliding(window, rope, IntStream.range(0, layers).mapToObj(layer -> (layer + 1) % period != 0).toList());
        }
    }

    /// Every layer sees everything before it, products are divided by the root of the head's width.
    public static Attention full(int headDim, Rope rope) {
        return new Attention(headDim, rope, null);
    }

    /// Factor of the products of queries and keys.
    public double scale() {
        return 1 / Math.sqrt(queryScalar);
    }

    public boolean slides(int layer) {
        return sliding != null && sliding.layers().get(layer);
    }

    /// Positions that a token of a layer sees, itself included.
    public int window(int layer) {
        return slides(layer) ? sliding.window() : Integer.MAX_VALUE;
    }

    public Rope rope(int layer) {
        return slides(layer) ? sliding.rope() : rope;
    }
}
