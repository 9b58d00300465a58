package org.bitdistillery.config;

/// BitNet-SFT: the base model quantized and fine-tuned directly, without SubLN, stage 2 or a teacher.
public record BaselineStage(
        @Setting(label = "On") boolean enabled,
        @Setting(label = "Epochs", min = 0.01, max = 1000) double epochs,
        @Setting(label = "Optimization") Optimization optimization) {

    public static final BaselineStage DEFAULTS = new BaselineStage(true, 3, Optimization.withLearningRate(5e-5));
}
