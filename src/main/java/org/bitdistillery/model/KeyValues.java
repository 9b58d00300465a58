package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keys and values of every layer for sequences that are continued together: first the prompts, padded to one width, then
/// one column for each token behind them.
final class KeyValues implements AutoCloseable {

    private final NDManager manager;
    private final int width;
    private final Map<Integer, NDArray> keys = new HashMap<>();
    private final Map<Integer, NDArray> values = new HashMap<>();
    private int[] promptLengths;

    /// @param width the longest prompt
    KeyValues(NDManager parent, int width, int[] promptLengths) {
        this.manager = parent.newSubManager();
        this.width = width;
        this.promptLengths = promptLengths;
    }

    /// Takes in what a layer computed of new tokens.
    ///
    /// @return the new queries with all keys and values so far
    AttentionStates extended(int layer, AttentionStates now) {
        NDArray key = extended(keys, layer, now.key());
        NDArray value = extended(values, layer, now.value());
        return new AttentionStates(now.query(), key, value);
    }

    private NDArray extended(Map<Integer, NDArray> all, int layer, NDArray now) {
        NDArray before = all.get(layer);
        NDArray after = before == null ? now.duplicate() : before.concat(now, 2);
        replace(all, layer, after);
        return after;
    }

    private void replace(Map<Integer, NDArray> all, int layer, NDArray after) {
        after.attach(manager);
        NDArray before = all.put(layer, after);
        if (before != null) {
            before.close();
        }
    }

    /// What the next token of each sequence may see: everything of its own that is not farther back than the window.
    ///
    /// @param lengths tokens of each sequence so far
    /// @param window  positions that a token sees, itself included
    /// @return [B, 1, 1, 1, columns + 1], 0 or -infinity
    NDArray mask(NDManager owner, int[] lengths, int window, DataType type) {
        int columns = width + lengths[0] - promptLengths[0] + 1;
        double[] mask = new double[lengths.length * columns];
        for (int b = 0; b < lengths.length; b++) {
            for (int column = 0; column < columns; column++) {
                boolean padding = column >= promptLengths[b] && column < width;
                int position = column < width ? column : promptLengths[b] + column - width;
                boolean seen = !padding && lengths[b] - position < window;
                mask[b * columns + column] = seen ? 0 : Double.NEGATIVE_INFINITY;
            }
        }
        return owner.create(mask, new Shape(lengths.length, 1, 1, 1, columns)).toType(type, false);
    }

    /// Forgets all sequences but some.
    void keep(int[] kept) {
        promptLengths = Arrays.stream(kept).map(i -> promptLengths[i]).toArray();
        try (NDManager scratch = manager.newSubManager()) {
            long[] indices = Arrays.stream(kept).asLongStream().toArray();
            for (Map<Integer, NDArray> all : List.of(keys, values)) {
                for (int layer : List.copyOf(all.keySet())) {
                    NDArray before = all.get(layer);
                    Shape shape = before.getShape();
                    NDArray rows = before.reshape(shape.get(0), shape.get(1) * shape.get(2) * shape.get(3));
                    rows.attach(scratch);
                    NDArray chosen = Torch.rows(scratch.create(indices), rows);
                    replace(all, layer, chosen.reshape(kept.length, shape.get(1), shape.get(2), shape.get(3)));
                }
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
