package org.bitdistillery.train;

import org.bitdistillery.config.Compute;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.LayerChoice;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ParameterSpec;

/// Memory that a training stage takes at its peak, in bytes, counted from what the training graph holds in float32.
///
/// A forward pass in training keeps every intermediate array until the backward pass is over: those of [#activations]; where they
/// are computed again, those of one block and the inputs of all. A pass without gradients keeps one block's. Logits exist by chunks
/// only ([ChunkedLosses]).
///
/// @param weights     master weights of the student
/// @param graph       what the graph holds beside them: rounded and fused copies of the projections, of one block where
///                    activations are computed again
/// @param gradients   of every parameter that is trained
/// @param optimizer   both moments of AdamW
/// @param activations of one batch, the backward pass's own arrays included
/// @param logits      of one chunk, as logits, probabilities and gradients
/// @param relations   attention relations of stage 3
/// @param teacher     its weights, its graph and one block of its forward pass
public record MemoryEstimate(
        long weights, long graph, long gradients, long optimizer, long activations, long logits, long relations, long teacher) {

    private static final long FLOAT = 4;
    /// Java's heap and libraries, libtorch's code: measured beside a model of 0.1 million parameters.
    public static final long PROGRAM = 330L << 20;
    /// A tokenizer's tables for each entry of its vocabulary: measured with Qwen3's, of 151,936.
    private static final long TOKENIZER_ENTRY = 1800;

    private static final long HALF = 2;

    /// What is trained.
    ///
    /// @param ternary   whether projections are rounded
    /// @param sequences of one batch, however many are accumulated
    /// @param tokens    of its longest sequence
    /// @param compute   how memory is saved; embeddings are frozen in ternary students only
    public record Training(Architecture shape, boolean ternary, int sequences, int tokens, Compute compute) {

        long trained() {
            return parameters(shape) - (ternary && compute.frozenEmbeddings() ? shape.embeddingParameters() : 0);
        }
    }

    /// Whom stage 3 learns from.
    ///
    /// @param sameEmbeddings whether its embeddings are those that the student begins with
    public record Teacher(Architecture shape, boolean sameEmbeddings) {}

    /// Fine-tuning and continued pre-training.
    public static MemoryEstimate of(Training training) {
        return of(training, null, null);
    }

    /// Stage 3.
    ///
    /// @param teacher null where there is none
    public static MemoryEstimate of(Training training, DistillStage config, Teacher teacher) {
        Architecture shape = training.shape();
        boolean recompute = training.compute().recomputeActivations();
        long copied = training.ternary() ? shape.projectionParameters() : fusedParameters(shape);
        long moment = training.compute().optimizerState() == Precision.BFLOAT16 ? HALF : FLOAT;
        boolean soft = config != null && config.logitsWeight() > 0;
        long rows = Math.min((long) training.sequences() * training.tokens(), ChunkedLosses.chunkRows(shape.vocabularySize()));
        return new MemoryEstimate(
                FLOAT * parameters(shape), FLOAT * copied / (recompute ? shape.layers() : 1), FLOAT * training.trained(),
                2 * moment * training.trained(), FLOAT * activations(training, true),
                FLOAT * (soft ? 6 : 3) * rows * shape.vocabularySize(),
                config != null && config.relates() ? FLOAT * relations(training, config) : 0,
                teacher == null ? 0 : teacher(training, teacher));
    }

    private static long parameters(Architecture shape) {
        return ParameterSpec.of(shape).stream().mapToLong(ParameterSpec::elements).sum();
    }

    /// Query, key, value and gate, up are laid under each other.
    private static long fusedParameters(Architecture shape) {
        long attention = (long) (shape.heads() + 2 * shape.keyValueHeads()) * shape.headDim() * shape.hiddenSize();
        return shape.layers() * (attention + 2L * shape.hiddenSize() * shape.intermediateSize());
    }

    private static long teacher(Training training, Teacher teacher) {
        Architecture shape = teacher.shape();
        Compute compute = training.compute();
        long block = FLOAT * activations(new Training(shape, false, training.sequences(), training.tokens(), compute), false);
        if (!compute.compactTeacher()) {
            return FLOAT * (parameters(shape) + fusedParameters(shape)) + block;
        }
        boolean shared = compute.frozenEmbeddings() && teacher.sameEmbeddings();
        long widened = (shape.projectionParameters() + fusedParameters(shape)) / shape.layers();
        return HALF * shape.projectionParameters() + FLOAT * (shared ? 0 : shape.embeddingParameters()) + FLOAT * widened + block;
    }

    /// Elements, by width: hidden D, query Q = H·d, keys Hkv·d, feed-forward F, scores H·T.
    ///
    /// A block keeps of D both norms' products (2 + 2), rounded inputs (1 + 1), outputs and sums (2 + 2); of Q the product, four of
    /// the rotation, a copy for the product with the keys, the context and its copy; of the keys' and values' width 8; of F the
    /// product of gate and up (2), sigmoid and two products; of the scores products, scaled, masked and softmax.
    private static long activations(Training training, boolean gradients) {
        Architecture shape = training.shape();
        long rows = (long) training.sequences() * training.tokens();
        long hidden = shape.hiddenSize();
        long query = (long) shape.heads() * shape.headDim();
        long keys = (long) shape.keyValueHeads() * shape.headDim();
        long wide = shape.intermediateSize();
        long rounded = training.ternary() ? 1 : 0;
        long scores = (long) shape.heads() * training.tokens();
        long block = (8 + 2 * rounded) * hidden + (8 + rounded) * query + 8 * keys + (5 + rounded) * wide + 4 * scores;
        block += switch (shape.subLn()) {
            case OFF -> 0;
            case PAPER -> 2 * query + 2 * wide;
            case ALL -> 10 * hidden + 2 * query + 2 * wide + rounded * (2 * hidden + hidden) + query + 2 * keys + 2 * wide;
        };
        long backward = gradients ? 4 * wide + 2 * scores : 0;
        boolean again = training.compute().recomputeActivations();
        long blocks = gradients ? again ? block + shape.layers() * hidden : shape.layers() * block : block;
        return rows * (blocks + 3 * hidden + backward);
    }

    /// Of each of queries, keys and values of each layer compared: five arrays of the student's pairs of tokens and two of the teacher's, and while
    /// the backward pass runs one more of each.
    private static long relations(Training training, DistillStage config) {
        long pairs = (long) training.sequences() * config.splitHeads() * training.tokens() * training.tokens();
        long kinds = (config.relateQueries() ? 1 : 0) + (config.relateKeys() ? 1 : 0) + (config.relateValues() ? 1 : 0);
        LayerChoice choice = LayerChoice.parse(config.layers());
        long layers = choice.kind() == LayerChoice.Kind.ADVISED ? 1 : choice.of(training.shape().layers()).size();
        return layers * kinds * 7 * pairs + 2 * pairs;
    }

    public static long tokenizer(Architecture shape) {
        return TOKENIZER_ENTRY * shape.vocabularySize();
    }

    /// All of it, without [#PROGRAM] and [#tokenizer].
    public long bytes() {
        return weights + graph + gradients + optimizer + activations + logits + relations + teacher;
    }
}
