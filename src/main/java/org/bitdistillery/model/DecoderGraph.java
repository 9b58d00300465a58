package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.quant.StraightThrough;
import org.bitdistillery.quant.TernaryQuantizer;

/// A decoder's weights as the graph sees them, from one change of the weights to the next: quantized once, and, in
/// training, leaves that collect gradients over any number of backward passes.
///
/// Projections that read the same input are laid under each other and multiplied at once.
public final class DecoderGraph implements AutoCloseable {

    /// Factor of the dead zone's bias, as in the paper.
    private static final float DEAD_ZONE_LAMBDA = 1e-3f;

    private final Decoder decoder;
    private final Architecture shape;
    private final boolean training;
    private final NDManager manager;
    private final Map<String, LeafRows> leaves = new LinkedHashMap<>();
    private final Map<String, DeadZone> deadZones = new LinkedHashMap<>();
    private final Observer observer;
    private final NDArray embedding;
    private final NDArray head;
    private final NDArray finalNorm;
    private final List<Block> blocks = new ArrayList<>();
    private final boolean halves;
    private NDArray headGradient;
    private NDArray productHead;

    /// What a forward pass gives. Logits are not computed until they are asked for: those of a large vocabulary are better
    /// taken some rows at a time.
    ///
    /// @param hidden [R, D] behind the final norm, one row for each row asked for
    /// @param head   [V, D], as products take it
    /// @param halves whether products are computed in bfloat16
    /// @param states of the layers asked for, by layer
    public record Output(NDArray hidden, NDArray head, boolean halves, Map<Integer, AttentionStates> states) {

        /// [R, V], all at once.
        public NDArray logits() {
            return Layers.product(hidden, head, halves);
        }
    }

    /// Rows `from` to `to` of a leaf belong to one named parameter.
    private record LeafRows(NDArray leaf, long from, long to) {}

    /// Projections of the same input. What they do not have is null.
    ///
    /// @param bias         of the checkpoint, [out]
    /// @param subLn        gain of the norm in front
    /// @param deadZoneBias of weights that are rounded to 0, [out]
    private record Fused(String name, NDArray weight, NDArray bias, NDArray subLn, boolean quantized, NDArray deadZoneBias) {}

    /// The dead zone of a projection's weights, [out, in], and the bias [out] that it is added as.
    private record DeadZone(NDArray mask, NDArray bias) {}

    /// Watches the inputs of projections in a forward pass.
    @FunctionalInterface
    public interface Observer {

        /// @param name  weight that reads the input; the first one where several do
        /// @param input [R, in], before it is rounded; read it at once
        void input(String name, NDArray input);
    }

    private record Block(Map<BlockNorm, NDArray> gains, List<Fused> queryKeyValue, Fused output, List<Fused> gateUp, Fused down) {}

    DecoderGraph(Decoder decoder, boolean training, Precision precision, Observer observer) {
        this.observer = observer;
        this.halves = precision == Precision.BFLOAT16;
        this.decoder = decoder;
        this.shape = decoder.architecture();
        this.training = training;
        this.manager = decoder.manager().newSubManager();
        embedding = leaf(ParameterSpec.EMBEDDING);
        head = shape.tiedEmbeddings() ? embedding : leaf(ParameterSpec.HEAD);
        finalNorm = gain(ParameterSpec.FINAL_NORM);
        for (int layer = 0; layer < shape.layers(); layer++) {
            blocks.add(new Block(
                    gains(layer),
                    fused(layer, Projection.QUERY, Projection.KEY, Projection.VALUE),
                    fused(layer, Projection.OUTPUT).getFirst(),
                    fused(layer, Projection.GATE, Projection.UP),
                    fused(layer, Projection.DOWN).getFirst()));
        }
    }

    private Map<BlockNorm, NDArray> gains(int layer) {
        Map<BlockNorm, NDArray> gains = new EnumMap<>(BlockNorm.class);
        for (BlockNorm norm : BlockNorm.values()) {
            if (norm.existsIn(shape.family())) {
                gains.put(norm, gain(norm.weight(layer, shape.family())));
            }
        }
        return gains;
    }

    private List<Fused> fused(int layer, Projection... projections) {
        boolean normed = projections[0].hasSubLn(shape.subLn());
        long quantized = Arrays.stream(projections).filter(projection -> decoder.quantizes(projection.weight(layer))).count();
        boolean alike = quantized == 0 || quantized == projections.length;
        boolean together = !normed && alike && !decoder.quantization().deadZoneBias();
        if (together) {
            String name = projections[0].weight(layer);
            return List.of(new Fused(
                    name, weights(layer, projections), biases(layer, projections), null, quantized > 0, null));
        }
        List<Fused> single = new ArrayList<>();
        for (Projection projection : projections) {
            String name = projection.weight(layer);
            NDArray weight = weights(layer, projection);
            NDArray subLn = normed ? leaf(projection.subLn(layer, shape.subLn())) : null;
            boolean biased = decoder.mode() == LinearMode.TERNARY && decoder.quantization().deadZoneBias() && decoder.quantizes(name);
            single.add(new Fused(
                    name, weight, biases(layer, projection), subLn, decoder.quantizes(name),
                    biased ? deadZoneBias(name, weight) : null));
        }
        return single;
    }

    /// Tequila (arXiv 2509.23809): weights that are rounded to 0 go on acting as a bias of their output,
    /// `b = lambda · Σ_dead w`, which gives each of them the gradient `lambda · db` beside the straight-through one.
    private NDArray deadZoneBias(String name, NDArray rounded) {
        NDArray mask = StraightThrough.deadZone(rounded, manager);
        NDArray bias;
        try (NDManager scratch = manager.newSubManager()) {
            NDArray latent = decoder.parameter(name).stopGradient();
            latent.attach(scratch);
            bias = latent.mul(mask).sum(new int[] {1}).mul(DEAD_ZONE_LAMBDA);
            bias.attach(manager);
        }
        deadZones.put(name, new DeadZone(mask, collecting(bias)));
        return bias;
    }

    private NDArray weights(int layer, Projection... projections) {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        for (Projection projection : projections) {
            String name = projection.weight(layer);
            boolean round = decoder.mode() == LinearMode.TERNARY && decoder.quantizes(name);
            weights.put(name, round ? quantized(name) : view(decoder.parameter(name)));
        }
        NDArray weight = stacked(weights);
        return halves && !training ? HalfProducts.rounded(weight, manager) : weight;
    }

    private NDArray biases(int layer, Projection... projections) {
        if (!projections[0].hasBias(shape.family())) {
            return null;
        }
        Map<String, NDArray> biases = new LinkedHashMap<>();
        for (Projection projection : projections) {
            biases.put(projection.bias(layer), view(decoder.parameter(projection.bias(layer))));
        }
        return stacked(biases);
    }

    /// One leaf out of several parameters, laid under each other.
    private NDArray stacked(Map<String, NDArray> parts) {
        NDList all = new NDList(parts.values());
        NDArray leaf = all.size() == 1 ? all.singletonOrThrow() : NDArrays.concat(all, 0);
        if (all.size() > 1) {
            all.close();
        }
        long row = 0;
        for (String name : parts.keySet()) {
            long next = row + decoder.parameter(name).getShape().get(0);
            leaves.put(name, new LeafRows(leaf, row, next));
            row = next;
        }
        return collecting(leaf);
    }

    /// In training, quantized where the weights are. Otherwise by the class that exports use, so that what is evaluated is
    /// to the last bit what is shipped: the two sum up the absmean in different orders.
    private NDArray quantized(String name) {
        NDArray latent = decoder.parameter(name);
        return training
                ? StraightThrough.ternary(latent, TernaryQuantizer.of(decoder.quantization()), manager)
                : Torch.array(manager, decoder.rounded(name), latent.getShape(), latent.getDataType());
    }

    private NDArray leaf(String name) {
        boolean table = name.equals(ParameterSpec.EMBEDDING) || name.equals(ParameterSpec.HEAD);
        return table && !decoder.trainsEmbeddings() ? view(decoder.parameter(name)) : stacked(Map.of(name, view(decoder.parameter(name))));
    }

    /// The gain of a norm of the family. A gradient of `1 + w` is one of `w`.
    private NDArray gain(String name) {
        NDArray weight = view(decoder.parameter(name));
        return stacked(Map.of(name, shape.family().hasOffsetGains() ? weight.add(1) : weight));
    }

    /// The same memory, but an array of this graph: what is derived from it does not pile up beside the parameter.
    private NDArray view(NDArray parameter) {
        NDArray view = parameter.stopGradient();
        view.attach(manager);
        return view;
    }

    private NDArray collecting(NDArray leaf) {
        leaf.setRequiresGradient(training);
        return leaf;
    }

    /// Output of every position.
    public Output forward(NDManager work, int[][] ids) {
        return forward(work, ids, null, Set.of());
    }

    /// Runs the decoder. The last block computes its output only for the rows asked for.
    ///
    /// Padding stands on the right, where causal attention keeps it from every real token; its own rows are meaningless.
    ///
    /// @param work        owner of everything that is computed
    /// @param ids         token ids [B][T], all of one length
    /// @param rows        int64 [R], flat positions `b·T + t` whose logits are wanted; null for all
    /// @param stateLayers layers whose attention states are wanted
    public Output forward(NDManager work, int[][] ids, NDArray rows, Set<Integer> stateLayers) {
        return run(work, ids, decoder.positions().upTo(ids[0].length, work), rows, stateLayers, null, false);
    }

    /// Attention states alone: nothing behind the last layer asked for is computed.
    ///
    /// @param stateLayers not empty
    public Map<Integer, AttentionStates> states(NDManager work, int[][] ids, Set<Integer> stateLayers) {
        return run(work, ids, decoder.positions().upTo(ids[0].length, work), null, stateLayers, null, true).states();
    }

    /// Begins to continue several sequences at once. Not in training.
    ///
    /// @param prompts token ids [B][], none of them empty; their lengths may differ
    public Continuation begin(int[][] prompts) {
        return new Continuation(this, prompts);
    }

    /// The prompts of a continuation: logits of some rows, while all keys and values are kept.
    NDArray fill(NDManager work, int[][] ids, NDArray rows, KeyValues cache) {
        return run(work, ids, decoder.positions().upTo(ids[0].length, work), rows, Set.of(), cache, false).logits();
    }

    /// One more token of each sequence of a continuation.
    ///
    /// @param lengths tokens of each sequence so far
    /// @return logits [B, V]
    NDArray step(NDManager work, int[] tokens, int[] lengths, KeyValues cache) {
        int[][] ids = Arrays.stream(tokens).mapToObj(token -> new int[] {token}).toArray(int[][]::new);
        return run(work, ids, decoder.positions().behind(lengths, cache, work), null, Set.of(), cache, false).logits();
    }

    private Output run(
            NDManager work, int[][] ids, Positions.Slices positions, NDArray rows, Set<Integer> stateLayers, KeyValues cache,
            boolean statesOnly) {
        int batch = ids.length;
        int tokens = ids[0].length;
        NDArray x = Torch.rows(flat(work, ids), embedding);
        if (shape.family().scalesEmbedding()) {
            x = Torch.times(x, shape.embeddingScale());
        }
        Map<Integer, AttentionStates> wanted = new LinkedHashMap<>();
        int last = statesOnly ? Collections.max(stateLayers) : blocks.size() - 1;
        for (int layer = 0; layer <= last; layer++) {
            Block block = blocks.get(layer);
            NDManager layerWork = training ? work : work.newSubManager();
            x.attach(layerWork);
            NDArray queryKeyValue = project(block.queryKeyValue, normed(x, block, BlockNorm.INPUT));
            AttentionStates states = states(block, queryKeyValue, batch, tokens, positions.of(layer));
            if (stateLayers.contains(layer)) {
                wanted.put(layer, states);
                states.attach(work);
            }
            if (!statesOnly || layer < last) {
                AttentionStates seen = cache == null ? states : cache.extended(layer, states);
                NDArray context = Layers.attend(seen, positions.of(layer).mask(), shape.attention().scale());
                if (rows != null && layer == last) {
                    context = Torch.rows(rows, context);
                    x = Torch.rows(rows, x);
                }
                x = x.add(normed(project(block.output, context), block, BlockNorm.ATTENTION_OUTPUT));
                x = x.add(normed(feedForward(block, x), block, BlockNorm.FEED_FORWARD_OUTPUT));
                x.attach(work);
            }
            if (!training) {
                layerWork.close();
            }
        }
        if (statesOnly) {
            return new Output(null, head, halves, wanted);
        }
        return new Output(Layers.rmsNorm(x, finalNorm, shape.rmsNormEps()), training ? head : productHead(), halves, wanted);
    }

    private static NDArray flat(NDManager work, int[][] ids) {
        int tokens = ids[0].length;
        long[] flat = new long[ids.length * tokens];
        for (int b = 0; b < ids.length; b++) {
            for (int t = 0; t < tokens; t++) {
                flat[b * tokens + t] = ids[b][t];
            }
        }
        return work.create(flat);
    }

    private AttentionStates states(Block block, NDArray queryKeyValue, int batch, int tokens, PositionTables.Slice positions) {
        int heads = shape.heads();
        int keyHeads = shape.keyValueHeads();
        NDList parts = queryKeyValue.split(new long[] {(long) (heads + keyHeads) * shape.headDim()}, 1);
        NDArray queryKey = parts.get(0).reshape(batch, tokens, heads + keyHeads, shape.headDim());
        if (shape.family().normsHeads()) {
            NDList apart = queryKey.split(new long[] {heads}, 2);
            queryKey = normed(apart.get(0), block, BlockNorm.QUERY).concat(normed(apart.get(1), block, BlockNorm.KEY), 2);
        }
        NDArray value = parts.get(1).reshape(batch, tokens, keyHeads, shape.headDim()).transpose(0, 2, 1, 3);
        NDList split = Layers.rotate(queryKey, positions).transpose(0, 2, 1, 3).split(new long[] {heads}, 1);
        return new AttentionStates(split.get(0), split.get(1), value);
    }

    /// `down(activation(gate(x)) ⊙ up(x))` of the normed x [R, D].
    private NDArray feedForward(Block block, NDArray x) {
        NDList gateUp = project(block.gateUp, normed(x, block, BlockNorm.FEED_FORWARD)).split(2, 1);
        return project(block.down, Layers.activated(gateUp.get(0), shape.family().activation()).mul(gateUp.get(1)));
    }

    private NDArray project(List<Fused> projections, NDArray x) {
        NDList outputs = new NDList();
        for (Fused projection : projections) {
            outputs.add(project(projection, x));
        }
        return outputs.size() == 1 ? outputs.singletonOrThrow() : NDArrays.concat(outputs, 1);
    }

    private NDArray project(Fused projection, NDArray x) {
        NDArray input = projection.subLn == null ? x : Layers.rmsNorm(x, projection.subLn, shape.subLnEps());
        observer.input(projection.name, input);
        if (projection.quantized && decoder.quantization().int8Activations()) {
            input = training ? StraightThrough.int8StraightThrough(input) : StraightThrough.int8(input);
        }
        NDArray output = Layers.product(input, projection.weight, halves);
        NDArray biased = projection.bias == null ? output : output.add(projection.bias);
        return projection.deadZoneBias == null ? biased : biased.add(projection.deadZoneBias);
    }

    /// x, where the family has no such norm.
    private NDArray normed(NDArray x, Block block, BlockNorm norm) {
        NDArray gain = block.gains.get(norm);
        return gain == null ? x : Layers.rmsNorm(x, gain, shape.rmsNormEps());
    }

    /// The output head's weight [V, D]: the embedding's where they are tied.
    public NDArray head() {
        return head;
    }

    /// The head as products take it: rounded to bfloat16 where they are computed in that.
    public NDArray productHead() {
        if (productHead == null) {
            productHead = halves ? HalfProducts.rounded(head, manager) : head;
        }
        return productHead;
    }

    public boolean computesInHalves() {
        return halves;
    }

    /// Where losses that take the head's gradient into their own hands add it, [V, D]. It joins the others in [#gradients]. Null
    /// where the head is frozen.
    public NDArray headGradient() {
        if (headGradient == null && decoder.trainsEmbeddings()) {
            headGradient = manager.zeros(head.getShape(), head.getDataType());
        }
        return headGradient;
    }

    /// Gradient of every parameter that is not frozen after the backward passes so far, in the parameter's shape. A projection's is that of
    /// its quantized weight, which the straight-through estimator hands on unchanged. They live as long as this graph; ask once.
    public Map<String, NDArray> gradients() {
        Map<NDArray, NDArray> byLeaf = new IdentityHashMap<>();
        if (headGradient != null) {
            byLeaf.put(head, shape.tiedEmbeddings() ? headGradient.addi(head.getGradient()) : headGradient);
        }
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

    public NDManager manager() {
        return manager;
    }

    @Override
    public void close() {
        manager.close();
    }
}
