package org.bitdistillery.inference;

import java.util.Arrays;

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

    /// Why a generation ended.
    public enum End { END_OF_SEQUENCE, MOST_TOKENS, CONTEXT, CONSUMER }

    /// Whoever wants the tokens.
    @FunctionalInterface
    public interface Consumer {

        /// @param token the next one, but not the end-of-sequence token
        /// @return false to stop
        boolean token(int token);

        /// Called once, with the logits that the first token is chosen from, [vocabulary]; the array is used again.
        default void promptRead(float[] logits) {}

        /// Asked between the parts of a long prompt.
        ///
        /// @return false to stop
        default boolean goesOn() {
            return true;
        }
    }

    /// Generates until the end-of-sequence token, `maxTokens`, the end of the model's context, or the consumer's refusal,
    /// whichever comes first.
    ///
    /// @param prompt at least one token, BOS included where the model wants one
    public End generate(int[] prompt, int maxTokens, Consumer consumer) {
        for (int token : prompt) {
            sampler.observe(token);
        }
        int room = (int) Math.min((long) prompt.length + maxTokens, model.architecture().maxPositions());
        try (var session = model.newSession(room, cache)) {
            float[] logits = read(session, prompt, consumer);
            if (logits == null) {
                return End.CONSUMER;
            }
            consumer.promptRead(logits);
            for (int count = 0; count < maxTokens; count++) {
                int token = sampler.next(logits);
                if (model.architecture().ends(token)) {
                    return End.END_OF_SEQUENCE;
                }
                sampler.observe(token);
                if (!consumer.token(token)) {
                    return End.CONSUMER;
                }
                if (session.position() == room) {
                    return End.CONTEXT;
                }
                if (count < maxTokens - 1) {
                    logits = session.decode(token);
                }
            }
            return End.MOST_TOKENS;
        }
    }

    /// @return logits behind the prompt, or null where the consumer stopped
    private static float[] read(Session session, int[] prompt, Consumer consumer) {
        float[] logits = session.prefill(Arrays.copyOf(prompt, Math.min(prompt.length, Session.SLICE)));
        for (int from = Session.SLICE; from < prompt.length; from += Session.SLICE) {
            if (!consumer.goesOn()) {
                return null;
            }
            logits = session.prefill(Arrays.copyOfRange(prompt, from, Math.min(prompt.length, from + Session.SLICE)));
        }
        return logits;
    }
}
