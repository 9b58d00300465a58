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
                boolean frozenEmbeddings) {

    public static final Compute DEFAULTS = new Compute(0, WaitPolicy.PASSIVE, Device.CPU, Precision.FLOAT32, false);

    /// Where tensors live. AUTO takes CUDA where there is one.
    public enum Device { AUTO, CPU, CUDA }

    public enum Precision { FLOAT32, BFLOAT16 }

    /// How libtorch's OpenMP threads wait for work: asleep or spinning.
    public enum WaitPolicy { PASSIVE, ACTIVE }
}
