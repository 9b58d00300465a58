package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// Parameters as a graph reads them; in training, leaves that collect gradients over any number of backward passes.
final class Leaves {

    /// Factor of the dead zone's bias, as in the paper.
    private static final float DEAD_ZONE_LAMBDA = 1e-3f;

    private final Decoder decoder;
    private final NDManager manager;
    private final boolean training;
    private final Map<String, LeafRows> leaves = new LinkedHashMap<>();
    private final Map<String, DeadZone> deadZones = new LinkedHashMap<>();

    /// Rows `from` to `to` of a leaf belong to one named parameter.
    private record LeafRows(NDArray leaf, long from, long to) {}

    /// The dead zone of a projection's weights, [out, in], and the bias [out] that it is added as.
    private record DeadZone(NDArray mask, NDArray bias) {}

    /// @param manager owner of everything that is made here
    Leaves(Decoder decoder, NDManager manager, boolean training) {
        this.decoder = decoder;
        this.manager = manager;
        this.training = training;
    }

    NDManager manager() {
        return manager;
    }

    boolean training() {
        return training;
    }

    /// One leaf out of several parameters, laid under each other.
    ///
    /// @param parts by parameter name; this closes them where they are copied
    NDArray stacked(Map<String, NDArray> parts) {
        NDList all = new NDList(parts.values());
        NDArray leaf = all.size() == 1 ? all.singletonOrThrow() : NDArrays.concat(all, 0);
        if (all.size() > 1) {
            all.close();
        }
        return of(parts.keySet(), leaf);
    }

    /// An array as the leaf of several parameters that lie under each other in it.
    NDArray of(Collection<String> names, NDArray leaf) {
        long row = 0;
        for (String name : names) {
            long next = row + decoder.parameter(name).getShape().get(0);
            leaves.put(name, new LeafRows(leaf, row, next));
            row = next;
        }
        return collecting(leaf);
    }

    NDArray leaf(String name) {
        return stacked(Map.of(name, decoder.read(name, manager)));
    }

    /// The gain of a norm of the family. A gradient of `1 + w` is one of `w`.
    NDArray gain(String name) {
        NDArray weight = decoder.read(name, manager);
        return stacked(Map.of(name, decoder.architecture().family().hasOffsetGains() ? weight.add(1) : weight));
    }

    /// Tequila (arXiv 2509.23809): weights that are rounded to 0 go on acting as a bias of their output,
    /// `b = lambda · Σ_dead w`, which gives each of them the gradient `lambda · db` beside the straight-through one.
    ///
    /// @param dead 1 where a weight is rounded to 0
    NDArray deadZoneBias(String name, NDArray dead) {
        NDArray bias;
        try (NDManager scratch = manager.newSubManager()) {
            bias = decoder.read(name, scratch).mul(dead).sum(new int[] {1}).mul(DEAD_ZONE_LAMBDA);
            bias.attach(manager);
        }
        deadZones.put(name, new DeadZone(dead, collecting(bias)));
        return bias;
    }

    private NDArray collecting(NDArray leaf) {
        leaf.setRequiresGradient(training);
        return leaf;
    }

    /// Of every parameter that was read, in its shape. A projection's is that of its quantized weight, which the
    /// straight-through estimator hands on unchanged.
    Map<String, NDArray> gradients() {
        Map<NDArray, NDArray> byLeaf = new IdentityHashMap<>();
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        leaves.forEach((name, rows) -> {
            NDArray whole = byLeaf.computeIfAbsent(rows.leaf, NDArray::getGradient);
            boolean all = rows.from == 0 && rows.to == whole.getShape().get(0);
            gradients.put(name, all ? whole : whole.get(rows.from + ":" + rows.to));
        });
        deadZones.forEach((name, zone) -> {
            NDArray direct = zone.mask.mul(zone.bias.getGradient().mul(DEAD_ZONE_LAMBDA).expandDims(1));
            gradients.put(name, gradients.get(name).add(direct));
        });
        return gradients;
    }
}
