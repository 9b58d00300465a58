package org.bitdistillery.hub;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/// Whether a model fits the memory of a machine: to answer with, and to be distilled.
///
/// @param inferenceBytes what the CPU engine holds: weights as it keeps them and the keys and values of 1,024 tokens
/// @param trainingBytes  what distillation with the default settings holds at its peak
/// @param memoryBytes    physical memory of the machine
public record MemoryFit(long inferenceBytes, long trainingBytes, long memoryBytes) {

    /// How much of the memory a model may take before the machine begins to swap.
    private static final double COMFORTABLE = 0.8;

    private static final long ENGINE_BYTES = 300L << 20;
    private static final long TRAINER_BYTES = 600L << 20;
    private static final int CONTEXT = 1024;

    /// What holds of a model on this machine, from the most to the least.
    public enum Verdict {
        TRAINS("Trains here"),
        TRAINS_TIGHTLY("Trains, tight"),
        RUNS("Runs only"),
        TOO_LARGE("Too large");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /// An estimate from the shape: the engine keeps F16 weights (packed ones as they are), training a teacher in F32 and for
    /// the student weights, gradients and two moments in F32, and both models' activations of a batch.
    ///
    /// @return null where the facts do not tell enough
    static MemoryFit of(ModelFacts facts, long memoryBytes) {
        if (facts.parameters() == null || memoryBytes <= 0) {
            return null;
        }
        long cache = facts.layers() == null || facts.keyValueWidth() == null ? 0
                : 4L * CONTEXT * facts.layers() * facts.keyValueWidth();
        boolean packed = facts.kind() == ModelFacts.Kind.PACKED_STUDENT && facts.weightBytes() != null;
        long weights = packed ? facts.weightBytes() : 2 * facts.parameters();
        return new MemoryFit(ENGINE_BYTES + weights + cache, TRAINER_BYTES + 20 * facts.parameters() + activations(facts), memoryBytes);
    }

    /// What the backward pass of a batch of 16 rows of 64 tokens keeps in F32, counted as pre-flight does for an experiment: of
    /// each block 34 hidden and 6 feed-forward sizes a token, and six times the logits, with those of the teacher.
    private static long activations(ModelFacts facts) {
        if (facts.layers() == null || facts.hiddenSize() == null) {
            return 0;
        }
        long tokens = 16L * 64;
        long feedForward = facts.feedForwardSize() == null ? 4L * facts.hiddenSize() : facts.feedForwardSize();
        long block = 34L * facts.hiddenSize() + 6L * feedForward;
        long logits = facts.vocabulary() == null ? 0 : 6L * facts.vocabulary();
        return 4 * tokens * (facts.layers() * block + logits);
    }

    @JsonProperty
    public Verdict verdict() {
        if (trainingBytes <= COMFORTABLE * memoryBytes) {
            return Verdict.TRAINS;
        }
        if (trainingBytes <= memoryBytes) {
            return Verdict.TRAINS_TIGHTLY;
        }
        return inferenceBytes <= COMFORTABLE * memoryBytes ? Verdict.RUNS : Verdict.TOO_LARGE;
    }

    @JsonIgnore
    public double trainingShare() {
        return (double) trainingBytes / memoryBytes;
    }
}
