package org.bitdistillery.config;

/// CPU speed and memory of the student against FP16, interleaved, each measurement in a fresh process.
public record BenchmarkStage(
        @Setting(label = "On") boolean enabled,
        @Setting(label = "Prompt", unit = "tokens", min = 1, max = 131072) int promptTokens,
        @Setting(label = "Decode", unit = "tokens", min = 1, max = 131072) int decodeTokens,
        @Setting(label = "Rounds", help = "The median is reported; below 5 there is no verdict.", min = 1, max = 100) int rounds,
        @Setting(label = "Threads", help = "0 uses every core.", min = 0, max = 1024) int threads) {

    public static final BenchmarkStage DEFAULTS = new BenchmarkStage(true, 128, 64, 5, 0);
}
