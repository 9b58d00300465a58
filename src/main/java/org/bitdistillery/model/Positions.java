package org.bitdistillery.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/// The position tables of a decoder: those of its layers that see everything, and those of its sliding layers.
final class Positions {

    private final Attention attention;
    private final PositionTables full;
    private final PositionTables sliding;

    Positions(NDManager parent, Architecture shape, DataType type) {
        attention = shape.attention();
        full = new PositionTables(parent, attention.rope().frequencies(shape.headDim()), Integer.MAX_VALUE, type);
        Attention.Sliding window = attention.sliding();
        sliding = window == null ? null
                : new PositionTables(parent, window.rope().frequencies(shape.headDim()), window.window(), type);
    }

    /// Tables of the first positions, by kind of layer.
    record Slices(Attention attention, PositionTables.Slice full, PositionTables.Slice sliding) {
        PositionTables.Slice of(int layer) {
            return attention.slides(layer) ? sliding : full;
        }
    }

    Slices upTo(int tokens, NDManager owner) {
        return new Slices(attention, full.upTo(tokens, owner), sliding == null ? null : sliding.upTo(tokens, owner));
    }

    /// Tables of the position behind each of several sequences.
    ///
    /// @param lengths tokens of each sequence so far
    Slices behind(int[] lengths, KeyValues cache, NDManager owner) {
        return new Slices(attention, full.behind(lengths, cache, owner), sliding == null ? null : sliding.behind(lengths, cache, owner));
    }
}
