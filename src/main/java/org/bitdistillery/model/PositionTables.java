package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/// What layers of one kind need to know about positions: rotary angles and the causal mask. They are computed once, for
/// the longest sequence seen so far.
final class PositionTables implements AutoCloseable {

    private static final int LEAST = 128;

    private final NDManager manager;
    private final double[] frequencies;
    private final int window;
    private final DataType type;
    private int length;
    private NDArray cosines;
    private NDArray signedSines;
    private NDArray mask;

    /// @param frequencies angles from one position to the next, [headDim / 2]
    /// @param window      positions that a row may see, itself included
    PositionTables(NDManager parent, double[] frequencies, int window, DataType type) {
        this.manager = parent.newSubManager();
        this.frequencies = frequencies;
        this.window = window;
        this.type = type;
    }

    /// Tables of the first `tokens` positions.
    ///
    /// @param cosines     [tokens, 1, headDim]
    /// @param signedSines [tokens, 1, headDim], the first half negated, so that `rotate_half(x)·sin` is
    ///                    `swapHalves(x)·signedSines`
    /// @param mask        [tokens, tokens], 0 where a row may look and -infinity elsewhere
    record Slice(NDArray cosines, NDArray signedSines, NDArray mask) {}

    /// @param owner the manager that the slices are to die with
    Slice upTo(int tokens, NDManager owner) {
        if (tokens > length) {
            build(Math.max(LEAST, Math.max(tokens, Math.min(2 * length, tokens + 512))));
        }
        Slice slice = new Slice(
                cosines.get("0:" + tokens), signedSines.get("0:" + tokens), mask.get("0:" + tokens + ", 0:" + tokens));
        slice.cosines.attach(owner);
        slice.signedSines.attach(owner);
        slice.mask.attach(owner);
        return slice;
    }

    /// Tables of the position behind each of several sequences: cosines and sines [B, 1, 1, headDim], mask [B, 1, 1, 1, seen].
    Slice behind(int[] lengths, KeyValues cache, NDManager owner) {
        int headDim = 2 * frequencies.length;
        double[] cos = new double[lengths.length * headDim];
        double[] sin = new double[lengths.length * headDim];
        for (int b = 0; b < lengths.length; b++) {
            turn(lengths[b], cos, sin, b * headDim);
        }
        return new Slice(
                array(owner, cos, lengths.length, 1, 1, headDim), array(owner, sin, lengths.length, 1, 1, headDim),
                cache.mask(owner, lengths, window, type));
    }

    private void turn(int position, double[] cos, double[] sin, int at) {
        int half = frequencies.length;
        for (int j = 0; j < 2 * half; j++) {
            double angle = position * frequencies[j % half];
            cos[at + j] = Math.cos(angle);
            sin[at + j] = j < half ? -Math.sin(angle) : Math.sin(angle);
        }
    }

    private void build(int tokens) {
        for (NDArray old : new NDArray[] {cosines, signedSines, mask}) {
            if (old != null) {
                old.close();
            }
        }
        int headDim = 2 * frequencies.length;
        double[] cos = new double[tokens * headDim];
        double[] sin = new double[tokens * headDim];
        double[] hidden = new double[tokens * tokens];
        for (int t = 0; t < tokens; t++) {
            turn(t, cos, sin, t * headDim);
            for (int s = 0; s < tokens; s++) {
                hidden[t * tokens + s] = s > t || s <= t - window ? Double.NEGATIVE_INFINITY : 0;
            }
        }
        cosines = array(manager, cos, tokens, 1, headDim);
        signedSines = array(manager, sin, tokens, 1, headDim);
        mask = array(manager, hidden, tokens, tokens);
        length = tokens;
    }

    private NDArray array(NDManager owner, double[] values, long... shape) {
        NDArray exact = owner.create(values, new Shape(shape));
        if (type == DataType.FLOAT64) {
            return exact;
        }
        try (exact) {
            return exact.toType(type, true);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
