package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitdistillery.model.DecoderGraph.Observer;

/// Blocks that are forgotten as soon as they are computed: the forward pass keeps their inputs alone, and the backward pass
/// computes one block after the other again, this time with a graph (Chen et al., arXiv 1604.06174).
///
/// A block's rounded weights live no longer than its computation either. Nothing in a block is random, so that the second
/// computation equals the first one.
final class RecomputedBlocks {

    private final Decoder decoder;
    private final boolean halves;
    private final NDManager owner;
    private final BlockPass watched;
    private final BlockPass unwatched;
    private final Map<String, NDArray> gradients = new LinkedHashMap<>();

    /// @param owner of the gradients
    RecomputedBlocks(Decoder decoder, boolean halves, Observer observer, NDManager owner) {
        this.decoder = decoder;
        this.halves = halves;
        this.owner = owner;
        this.watched = new BlockPass(decoder, true, halves, observer);
        this.unwatched = new BlockPass(decoder, true, halves, (_, _) -> { });
    }

    /// What all blocks read.
    ///
    /// @param rows of the last block's output that are wanted, int64 [R]; null for all
    record Setting(NDManager work, int batch, int tokens, Positions.Slices positions, NDArray rows) {

        NDArray rowsOf(int layer, int layers, NDManager scratch) {
            if (rows == null || layer < layers - 1) {
                return null;
            }
            NDArray own = rows.duplicate();
            own.attach(scratch);
            return own;
        }
    }

    /// A forward pass.
    ///
    /// @param inputs of each block, without graph
    /// @param output of the last block, a leaf
    /// @param states of the layers asked for, leaves
    record Pass(Setting setting, List<NDArray> inputs, NDArray output, Map<Integer, AttentionStates> states) {}

    Pass forward(Setting setting, NDArray embedded, Set<Integer> stateLayers) {
        Pass pass = Torch.withoutGraph(() -> run(setting, embedded, stateLayers));
        pass.output.setRequiresGradient(true);
        pass.states.values().forEach(states -> states.parts().forEach(part -> part.setRequiresGradient(true)));
        return pass;
    }

    private Pass run(Setting setting, NDArray embedded, Set<Integer> stateLayers) {
        int layers = decoder.architecture().layers();
        List<NDArray> inputs = new ArrayList<>(layers);
        Map<Integer, AttentionStates> wanted = new LinkedHashMap<>();
        NDArray x = embedded.stopGradient();
        x.attach(setting.work);
        for (int layer = 0; layer < layers; layer++) {
            inputs.add(x);
            try (NDManager scratch = setting.work.newSubManager()) {
                BlockWeights block = BlockWeights.of(decoder, layer, new Leaves(decoder, scratch, true), halves);
                Computed computed = compute(watched, block, leaf(x, scratch), layer, setting, scratch);
                if (stateLayers.contains(layer)) {
                    wanted.put(layer, computed.states);
                    computed.states.attach(setting.work);
                }
                x = computed.output;
                x.attach(setting.work);
            }
        }
        return new Pass(setting, inputs, x, wanted);
    }

    private record Computed(AttentionStates states, NDArray output) {}

    private Computed compute(BlockPass pass, BlockWeights block, NDArray x, int layer, Setting setting, NDManager scratch) {
        PositionTables.Slice positions = setting.positions.of(layer);
        AttentionStates states = pass.states(block, x, setting.batch, setting.tokens, positions);
        NDArray rows = setting.rowsOf(layer, decoder.architecture().layers(), scratch);
        return new Computed(states, pass.output(block, x, states, positions.mask(), rows));
    }

    private static NDArray leaf(NDArray x, NDManager owner) {
        NDArray leaf = x.stopGradient();
        leaf.attach(owner);
        return leaf;
    }

    /// Takes the gradients that a backward pass has left at the leaves of a forward pass on through all blocks.
    ///
    /// @return the gradient by what the first block read
    NDArray backward(GradientCollector collector, Pass pass) {
        NDArray gradient = pass.output.getGradient();
        for (int layer = pass.inputs.size() - 1; layer >= 0; layer--) {
            try (NDManager scratch = pass.setting.work.newSubManager(); NDArray kept = pass.inputs.get(layer)) {
                Leaves leaves = new Leaves(decoder, scratch, true);
                BlockWeights block = BlockWeights.of(decoder, layer, leaves, halves);
                NDArray x = leaf(kept, scratch);
                x.setRequiresGradient(true);
                Computed computed = compute(unwatched, block, x, layer, pass.setting, scratch);
                collector.backward(pull(computed, gradient, pass.states.get(layer)));
                add(leaves.gradients());
                gradient.close();
                gradient = x.getGradient();
                gradient.attach(pass.setting.work);
            }
        }
        return gradient;
    }

    /// A scalar whose derivative by output and states is what came back to them.
    private static NDArray pull(Computed computed, NDArray gradient, AttentionStates wanted) {
        NDArray pull = computed.output.mul(gradient).sum();
        if (wanted != null) {
            List<NDArray> states = computed.states.parts();
            for (int i = 0; i < states.size(); i++) {
                pull = pull.add(states.get(i).mul(wanted.parts().get(i).getGradient()).sum());
            }
        }
        return pull;
    }

    private void add(Map<String, NDArray> more) {
        more.forEach((name, gradient) -> {
            NDArray sum = gradients.get(name);
            if (sum == null) {
                gradient.attach(owner);
                gradients.put(name, gradient);
            } else {
                sum.addi(gradient);
            }
        });
    }

    /// Of every parameter of the blocks, after the backward passes so far.
    Map<String, NDArray> gradients() {
        return gradients;
    }
}
