package org.bitdistillery.config;

/// What a run may use of the machine.
public record Compute(
        @Setting(label = "Threads", help = "0 uses every core.", min = 0, max = 1024) int threads,
        @Setting(
                        label = "OpenMP wait policy",
                        help = "Active is faster on a machine that does nothing else, several times slower on one that does.",
                        advanced = true)
                WaitPolicy openMpWait) {

    public static final Compute DEFAULTS = new Compute(0, WaitPolicy.PASSIVE);

    /// How libtorch's OpenMP threads wait for work: asleep or spinning.
    public enum WaitPolicy { PASSIVE, ACTIVE }
}
