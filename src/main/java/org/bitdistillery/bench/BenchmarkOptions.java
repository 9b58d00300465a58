package org.bitdistillery.bench;

import org.bitdistillery.config.BenchmarkStage;
import org.bitdistillery.config.InvalidInput;

/// @param threads      0 for every core
/// @param promptTokens length of the prefilled prompt
/// @param decodeTokens tokens decoded after it
/// @param rounds       measurements of each model, in turns
public record BenchmarkOptions(int threads, int promptTokens, int decodeTokens, int rounds) {

    public static final BenchmarkOptions DEFAULTS = of(BenchmarkStage.DEFAULTS);

    public BenchmarkOptions {
        if (threads < 0 || promptTokens < 1 || decodeTokens < 1 || rounds < 1) {
            throw new InvalidInput("A benchmark needs threads from 0 and prompt, decode and rounds from 1; given are " + threads
                    + ", " + promptTokens + ", " + decodeTokens + " and " + rounds + ".");
        }
    }

    public static BenchmarkOptions of(BenchmarkStage stage) {
        return new BenchmarkOptions(stage.threads(), stage.promptTokens(), stage.decodeTokens(), stage.rounds());
    }
}
