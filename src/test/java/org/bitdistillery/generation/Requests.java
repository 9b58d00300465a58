package org.bitdistillery.generation;

import java.util.List;

/// What tests ask for.
public final class Requests {

    private Requests() {}

    /// A text to go on with, always by the likeliest token.
    public static GenerationRequest greedy(String prompt, int tokens) {
        return new GenerationRequest(prompt, false, List.of(), tokens, Sampling.GREEDY, List.of());
    }
}
