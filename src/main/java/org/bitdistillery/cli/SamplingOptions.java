package org.bitdistillery.cli;

import org.bitdistillery.generation.Sampling;
import picocli.CommandLine.Option;

/// How the next token is chosen.
final class SamplingOptions {

    @Option(names = "--temperature", defaultValue = "0", description = "Divides the logits; 0 takes the likeliest token (${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-k", defaultValue = "0", description = "Draws from the k likeliest tokens; 0 for all (${DEFAULT-VALUE}).")
    private int topK;

    @Option(names = "--top-p", defaultValue = "1",
            description = "Draws from the likeliest tokens with this share of the probability (${DEFAULT-VALUE}).")
    private double topP;

    @Option(names = "--min-p", defaultValue = "0",
            description = "Draws from tokens with this share of the likeliest one's probability (${DEFAULT-VALUE}).")
    private double minP;

    @Option(names = "--repetition-penalty", defaultValue = "1",
            description = "Makes tokens that were there already less likely; 1 for not (${DEFAULT-VALUE}).")
    private double repetitionPenalty;

    @Option(names = "--seed", defaultValue = "1", description = "Of the draws (${DEFAULT-VALUE}).")
    private long seed;

    Sampling sampling() {
        return new Sampling(temperature, topK, topP, minP, repetitionPenalty, seed);
    }
}
