package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/// What a forward pass needs to know about positions: rotary angles and the causal mask. They are computed once, for
/// the longest sequence seen so far.
final class PositionTables implements AutoCloseable {

    private static final int LEAST = 128;

    private final NDManager manager;
    private final int headDim;
    private final double theta;
    private final DataType type;
    private int length;
    private NDArray cosines;
    private NDArray signedSines;
    private NDArray mask;

    PositionTables(NDManager parent, int headDim, double theta, DataType type) {
        this.manager = parent.newSubManager();
        this.headDim = headDim;
        this.theta = theta;
        this.type = type;
    }

    /// Tables of the first `tokens` positions.
    ///
    /// @param cosines     [tokens, 1, headDim]
    /// @param signedSines [tokens, 1, headDim], the first half negated, so that `rotate_half(x)·sin` is
    ///                    `swapHalves(x)·signedSines`
    /// @param mask        [tokens, tokens], 0 where a row may look and -infinity in the future
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

    private void build(int tokens) {
        for (NDArray old : new NDArray[] {cosines, signedSines, mask}) {
            if (old != null) {
                old.close();
            }
        }
        int half = headDim / 2;
        double[] cos = new double[tokens * headDim];
        double[] sin = new double[tokens * headDim];
        double[] future = new double[tokens * tokens];
        for (int t = 0; t < tokens; t++) {
            for (int j = 0; j < headDim; j++) {
                double angle = t * Math.pow(theta, -2.0 * (j % half) / headDim);
                cos[t * headDim + j] = Math.cos(angle);
                sin[t * headDim + j] = j < half ? -Math.sin(angle) : Math.sin(angle);
            }
            for (int s = t + 1; s < tokens; s++) {
                future[t * tokens + s] = Double.NEGATIVE_INFINITY;
            }
        }
        cosines = array(cos, tokens, 1, headDim);
        signedSines = array(sin, tokens, 1, headDim);
        mask = array(future, tokens, tokens);
        length = tokens;
    }

    private NDArray array(double[] values, long... shape) {
        NDArray exact = manager.create(values, new Shape(shape));
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
