package org.bitdistillery.config;

/// What a run may use of the machine.
public record Compute(
        @Setting(label = "Threads", help = "0 uses every core.", min = 0, max = 1024) int threads,
        @Setting(
                        label = "OpenMP wait policy",
                        help = "Active is faster on a machine that does nothing else, several times slower on one that does.",
                        advanced = true)
                WaitPolicy openMpWait,
        @Setting(label = "Device", help = "CUDA needs a PyTorch with CUDA, named in PYTORCH_LIBRARY_PATH.") Device device,
        @Setting(label = "Precision", help = "Of activations and gradients; bfloat16 needs a device that has it.", advanced = true)
                Precision precision,
        @Setting(
                        label = "Frozen embeddings",
                        help = "The student keeps the embeddings and output head that it begins with, which saves their gradients and optimizer"
                                + " state: 12 bytes a weight.",
                        advanced = true)
                boolean frozenEmbeddings,
        @Setting(
                        label = "Optimizer state",
                        help = "AdamW's two moments of every weight; bfloat16, rounded stochastically, takes 4 bytes a weight where float32 takes 8.",
                        advanced = true)
                Precision optimizerState,
        @Setting(
                        label = "Recompute activations",
                        help = "The backward pass computes each block again instead of keeping what it computed: one more forward pass, and memory"
                                + " for one block's activations and rounded weights instead of all.",
                        advanced = true)
                boolean recomputeActivations,
        @Setting(
                        label = "Compact teacher",
                        help = "The teacher's projections stay in bfloat16 in stage 3 and are widened a block at a time, and it shares the embeddings"
                                + " that the student keeps frozen. Loses nothing where its file is bfloat16.",
                        advanced = true)
                boolean compactTeacher) {

    public static final Compute DEFAULTS =
            new Compute(0, WaitPolicy.PASSIVE, Device.CPU, Precision.FLOAT32, false, Precision.FLOAT32, false, false);

    public Compute withPrecision(Precision other) {
        return new Compute(threads, openMpWait, device, other, frozenEmbeddings, optimizerState, recomputeActivations, compactTeacher);
    }

    public Compute withFrozenEmbeddings() {
        return new Compute(threads, openMpWait, device, precision, true, optimizerState, recomputeActivations, compactTeacher);
    }

    public Compute withOptimizerState(Precision other) {
        return new Compute(threads, openMpWait, device, precision, frozenEmbeddings, other, recomputeActivations, compactTeacher);
    }

    public Compute withRecomputedActivations() {
        return new Compute(threads, openMpWait, device, precision, frozenEmbeddings, optimizerState, true, compactTeacher);
    }

    public Compute withCompactTeacher() {
        return new Compute(threads, openMpWait, device, precision, frozenEmbeddings, optimizerState, recomputeActivations, true);
    }

    /// Where tensors live. AUTO takes CUDA where there is one.
    public enum Device { AUTO, CPU, CUDA }

    public enum Precision { FLOAT32, BFLOAT16 }

    /// How libtorch's OpenMP threads wait for work: asleep or spinning.
    public enum WaitPolicy { PASSIVE, ACTIVE }
}
