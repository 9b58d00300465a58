package org.bitdistillery.generation;

import org.bitdistillery.inference.Sampler;

/// How the next token is chosen, see [Sampler#of].
///
/// @param temperature       divides the logits; 0 takes the likeliest token
/// @param topK              draws from so many of the likeliest; 0 for all
/// @param topP              draws from as few of the likeliest as have this share of the probability; 1 for all
/// @param minP              draws from tokens with this share of the likeliest one's probability; 0 for all
/// @param repetitionPenalty makes tokens that were there already less likely; 1 for not
/// @param seed              of the draws
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {

    /// The likeliest token each time.
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 1);

    /// @throws org.bitdistillery.config.InvalidInput where a number is out of its range
    public Sampling {
        Sampler.of(temperature, topK, topP, minP, repetitionPenalty, seed);
    }

    Sampler sampler() {
        return Sampler.of(temperature, topK, topP, minP, repetitionPenalty, seed);
    }
}
