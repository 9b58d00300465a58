package org.bitdistillery.train;

import org.bitdistillery.config.DistillStage;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ParameterSpec;

/// Memory that a training stage takes at its peak, in bytes, counted from what the training graph holds in float32.
///
/// A forward pass in training keeps every intermediate array until the backward pass is over: those of [#activations]. A pass
/// without gradients keeps one block's. Logits exist by chunks only ([ChunkedLosses]).
///
/// @param weights     master weights of the student
/// @param graph       what the graph holds beside them: rounded and fused copies of the projections, the head's own gradient
/// @param gradients   of every parameter
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

    /// What is trained.
    ///
    /// @param ternary   whether projections are rounded
    /// @param sequences of one batch, however many are accumulated
    /// @param tokens    of its longest sequence
    public record Training(Architecture shape, boolean ternary, int sequences, int tokens) {}

    /// Fine-tuning and continued pre-training.
    public static MemoryEstimate of(Training training) {
        return of(training, null, null);
    }

    /// Stage 3.
    ///
    /// @param teacher null where there is none
    public static MemoryEstimate of(Training training, DistillStage config, Architecture teacher) {
        Architecture shape = training.shape();
        long parameters = ParameterSpec.of(shape).stream().mapToLong(ParameterSpec::elements).sum();
        long head = (long) shape.vocabularySize() * shape.hiddenSize();
        long copied = training.ternary() ? shape.projectionParameters() : fusedParameters(shape);
        boolean soft = config != null && config.logitsWeight() > 0;
        long rows = Math.min((long) training.sequences() * training.tokens(), ChunkedLosses.chunkRows(shape.vocabularySize()));
        return new MemoryEstimate(
                FLOAT * parameters, FLOAT * (copied + head), FLOAT * parameters, 2 * FLOAT * parameters,
                FLOAT * activations(training, true), FLOAT * (soft ? 6 : 3) * rows * shape.vocabularySize(),
                config != null && config.relates() ? FLOAT * relations(training, config) : 0,
                teacher == null ? 0 : teacher(training, teacher));
    }

    /// Query, key, value and gate, up are laid under each other.
    private static long fusedParameters(Architecture shape) {
        long attention = (long) (shape.heads() + 2 * shape.keyValueHeads()) * shape.headDim() * shape.hiddenSize();
        return shape.layers() * (attention + 2L * shape.hiddenSize() * shape.intermediateSize());
    }

    private static long teacher(Training training, Architecture teacher) {
        long parameters = ParameterSpec.of(teacher).stream().mapToLong(ParameterSpec::elements).sum();
        return FLOAT * (parameters + fusedParameters(teacher)
                + activations(new Training(teacher, false, training.sequences(), training.tokens()), false));
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
        return rows * ((gradients ? shape.layers() : 1) * block + 3 * hidden + backward);
    }

    /// Of each of queries, keys and values: five arrays of the student's pairs of tokens and two of the teacher's, and while
    /// the backward pass runs one more of each.
    private static long relations(Training training, DistillStage config) {
        long pairs = (long) training.sequences() * config.splitHeads() * training.tokens() * training.tokens();
        long kinds = (config.relateQueries() ? 1 : 0) + (config.relateKeys() ? 1 : 0) + (config.relateValues() ? 1 : 0);
        return kinds * 7 * pairs + 2 * pairs;
    }

    /// All of it, without [#PROGRAM].
    public long bytes() {
        return weights + graph + gradients + optimizer + activations + logits + relations + teacher;
    }
}
