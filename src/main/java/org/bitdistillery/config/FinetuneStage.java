package org.bitdistillery.config;

/// FP16-SFT: the base model fine-tuned on the task in full precision. It is the teacher of stage 3.
///
/// Switched off, the loaded model is taken as fine-tuned already.
public record FinetuneStage(
        @Setting(label = "On") boolean enabled,
        @Setting(label = "Epochs", min = 0.01, max = 1000) double epochs,
        @Setting(label = "Optimization") Optimization optimization) {

    public static final FinetuneStage DEFAULTS = new FinetuneStage(true, 3, Optimization.withLearningRate(5e-5));
}
