package org.bitdistillery.inference;

import java.util.function.IntPredicate;

/// Continues a prompt token by token.
public final class Generator {

    private final CausalModel model;
    private final Sampler sampler;
    private final CacheFormat cache;

    public Generator(CausalModel model, Sampler sampler) {
        this(model, sampler, CacheFormat.F32);
    }

    public Generator(CausalModel model, Sampler sampler, CacheFormat cache) {
        this.model = model;
        this.sampler = sampler;
        this.cache = cache;
    }

    /// Generates until the end-of-sequence token, `maxTokens`, or the consumer's refusal, whichever comes first.
    ///
    /// @param prompt   at least one token, BOS included where the model wants one
    /// @param consumer gets each token as it comes, but not the end-of-sequence token; false stops
    /// @return tokens handed to the consumer
    public int generate(int[] prompt, int maxTokens, IntPredicate consumer) {
        for (int token : prompt) {
            sampler.observe(token);
        }
        int room = Math.min(prompt.length + maxTokens, model.architecture().maxPositions());
        try (var session = model.newSession(room, cache)) {
            float[] logits = session.prefill(prompt);
            for (int count = 0; count < maxTokens; count++) {
                int token = sampler.next(logits);
                if (model.architecture().ends(token)) {
                    return count;
                }
                sampler.observe(token);
                if (!consumer.test(token) || session.position() == room) {
                    return count + 1;
                }
                logits = session.decode(token);
            }
            return maxTokens;
        }
    }
}
