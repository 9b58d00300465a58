package org.bitdistillery.config;

/// Stage 2: continued pre-training of the quantized student, next-token cross-entropy on packed sequences.
public record PretrainStage(
        @Setting(label = "On") boolean enabled,
        @Setting(label = "Corpus") Corpus corpus,
        @Setting(label = "Budget", help = "10 billion in the paper.", unit = "tokens", min = 1) long tokens,
        @Setting(
                        label = "Sequence length",
                        help = "Documents are packed one behind the other; attention reaches across their seams.",
                        unit = "tokens", min = 8, max = 131072) int sequenceLength,
        @Setting(label = "Optimization") Optimization optimization) {

    public static final PretrainStage DEFAULTS =
            new PretrainStage(true, Corpus.DEFAULTS, 10_000_000, 128, Optimization.withLearningRate(1e-3));
}
