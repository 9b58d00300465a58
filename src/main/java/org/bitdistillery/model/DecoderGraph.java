package org.bitdistillery.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitdistillery.config.Compute.Precision;

/// A decoder's weights as the graph sees them, from one change of the weights to the next: quantized once, and, in
/// training, leaves that collect gradients over any number of backward passes.
///
/// Projections that read the same input are laid under each other and multiplied at once.
public final class DecoderGraph implements AutoCloseable {

    private static final TorchProgram ADD_ROWS = TorchProgram.of("""
            def forward(self, table: Tensor, rows: Tensor, more: Tensor) -> Tensor:
              return torch.index_add_(table, 0, rows, more)
            """);

    private final Decoder decoder;
    private final Architecture shape;
    private final boolean training;
    private final boolean halves;
    private final NDManager manager;
    private final Leaves leaves;
    private final NDArray embedding;
    private final NDArray head;
    private final NDArray finalNorm;
    private final BlockPass formulas;
    private final List<BlockWeights> blocks = new ArrayList<>();
    private final RecomputedBlocks recomputed;
    private final List<Pending> pending = new ArrayList<>();
    private NDArray embeddingGradient;
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

    /// What a forward pass in training leaves to the backward pass.
    ///
    /// @param ids      int64 [B·T]
    /// @param rows     of the embedding, a leaf
    /// @param embedded what the first block reads
    /// @param blocks   null where the graph itself holds them
    private record Pending(NDArray ids, NDArray rows, NDArray embedded, RecomputedBlocks.Pass blocks) {}

    /// Watches the inputs of projections in a forward pass.
    @FunctionalInterface
    public interface Observer {

        /// @param name  weight that reads the input; the first one where several do
        /// @param input [R, in], before it is rounded; read it at once
        void input(String name, NDArray input);
    }

    /// @param recompute whether training forgets what blocks compute until the backward pass
    DecoderGraph(Decoder decoder, boolean training, Precision precision, boolean recompute, Observer observer) {
        this.decoder = decoder;
        this.shape = decoder.architecture();
        this.training = training;
        this.halves = precision == Precision.BFLOAT16;
        this.manager = decoder.manager().newSubManager();
        leaves = new Leaves(decoder, manager, training);
        embedding = decoder.read(ParameterSpec.EMBEDDING, manager);
        String headName = shape.tiedEmbeddings() ? ParameterSpec.EMBEDDING : ParameterSpec.HEAD;
        head = decoder.read(headName, manager);
        head.setRequiresGradient(training && decoder.trainsEmbeddings());
        finalNorm = leaves.gain(ParameterSpec.FINAL_NORM);
        formulas = new BlockPass(decoder, training, halves, observer);
        recomputed = training && recompute ? new RecomputedBlocks(decoder, halves, observer, manager) : null;
        for (int layer = 0; layer < shape.layers() && recomputed == null && !decoder.isCompact(); layer++) {
            blocks.add(BlockWeights.of(decoder, layer, leaves, halves));
        }
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
        NDArray flat = flat(work, ids);
        NDArray table = Torch.rows(flat, embedding);
        if (training) {
            table.setRequiresGradient(decoder.trainsEmbeddings());
        }
        NDArray x = shape.family().scalesEmbedding() ? Torch.times(table, shape.embeddingScale()) : table;
        if (recomputed != null) {
            RecomputedBlocks.Pass pass = recomputed.forward(
                    new RecomputedBlocks.Setting(work, ids.length, ids[0].length, positions, rows), x, stateLayers);
            pending.add(new Pending(flat, table, x, pass));
            return new Output(Layers.rmsNorm(pass.output(), finalNorm, shape.rmsNormEps()), head, halves, pass.states());
        }
        if (training) {
            pending.add(new Pending(flat, table, x, null));
        }
        Map<Integer, AttentionStates> wanted = new LinkedHashMap<>();
        int last = statesOnly ? Collections.max(stateLayers) : shape.layers() - 1;
        for (int layer = 0; layer <= last; layer++) {
            NDManager layerWork = training ? work : work.newSubManager();
            x.attach(layerWork);
            BlockWeights block = blocks.isEmpty()
                    ? BlockWeights.of(decoder, layer, new Leaves(decoder, layerWork, false), halves) : blocks.get(layer);
            AttentionStates states = formulas.states(block, x, ids.length, ids[0].length, positions.of(layer));
            if (stateLayers.contains(layer)) {
                wanted.put(layer, states);
                states.attach(work);
            }
            if (!statesOnly || layer < last) {
                AttentionStates seen = cache == null ? states : cache.extended(layer, states);
                x = formulas.output(block, x, seen, positions.of(layer).mask(), layer == last ? rows : null);
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

    /// Takes the gradient of a scalar to every parameter, through the forward passes since the last call.
    ///
    /// @param root made of their outputs
    public void backward(GradientCollector collector, NDArray root) {
        collector.backward(root);
        for (Pending pass : pending) {
            if (pass.blocks != null) {
                NDArray gradient = recomputed.backward(collector, pass.blocks);
                if (decoder.trainsEmbeddings()) {
                    collector.backward(pass.embedded.mul(gradient).sum());
                }
            }
            if (decoder.trainsEmbeddings()) {
                ADD_ROWS.run(manager, embeddingGradient(), pass.ids, pass.rows.getGradient()).close();
            }
        }
        pending.clear();
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

    /// The output head's weight [V, D]: the embedding's where they are tied.
    public NDArray head() {
        return head;
    }

    /// The head as products take it: rounded to bfloat16 where they are computed in that.
    public NDArray productHead() {
        if (productHead == null) {
            productHead = halves ? Bfloat16.rounded(head, manager) : head;
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

    /// Tied to the head, both add to one array. (libtorch's own gradient of a look-up would be one more of the table's size.)
    private NDArray embeddingGradient() {
        if (shape.tiedEmbeddings()) {
            return headGradient();
        }
        if (embeddingGradient == null) {
            embeddingGradient = manager.zeros(embedding.getShape(), embedding.getDataType());
        }
        return embeddingGradient;
    }

    /// Gradient of every parameter that is not frozen after the backward passes so far, in the parameter's shape. They live as
    /// long as this graph; ask once.
    public Map<String, NDArray> gradients() {
        Map<String, NDArray> gradients = new LinkedHashMap<>(leaves.gradients());
        if (recomputed != null) {
            gradients.putAll(recomputed.gradients());
        }
        if (decoder.trainsEmbeddings()) {
            NDArray ofGraph = Torch.gradient(head);
            NDArray ofHead = ofGraph == null ? headGradient() : headGradient().addi(ofGraph);
            gradients.put(shape.tiedEmbeddings() ? ParameterSpec.EMBEDDING : ParameterSpec.HEAD, ofHead);
            gradients.putIfAbsent(ParameterSpec.EMBEDDING, embeddingGradient());
        }
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
