package org.bitdistillery.config;

/// How a training stage updates weights: AdamW with warm-up.
public record Optimization(
        @Setting(label = "Learning rate", help = "At its peak.", min = 1e-9, max = 1) double learningRate,
        @Setting(label = "Schedule") Schedule schedule,
        @Setting(label = "Warm-up", help = "Share of the steps.", min = 0, max = 1, advanced = true) double warmup,
        @Setting(label = "Decay", help = "Share of the steps at the end in which WSD lowers the rate.", min = 0, max = 1, advanced = true)
                double decay,
        @Setting(label = "Weight decay", help = "Not on norms and embeddings.", min = 0, max = 1, advanced = true) double weightDecay,
        @Setting(label = "Gradient clipping", help = "Largest global norm; 0 is off.", min = 0, advanced = true) double clipNorm,
        @Setting(label = "Batch", unit = "sequences", min = 1, max = 65536) int batchSize,
        @Setting(label = "Gradient accumulation", unit = "batches", min = 1, max = 65536, advanced = true) int accumulation) {

    /// WSD: warm-up, then constant, then linear to 0 (MiniCPM, arXiv 2404.06395).
    public enum Schedule { LINEAR, COSINE, CONSTANT, WSD }

    public static Optimization withLearningRate(double learningRate) {
        return new Optimization(learningRate, Schedule.COSINE, 0.05, 0.2, 0.01, 1.0, 32, 1);
    }
}
