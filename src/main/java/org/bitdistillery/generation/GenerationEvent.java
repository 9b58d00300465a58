package org.bitdistillery.generation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/// What a model that answers has to say, in this order: loaded once, then for each request pieces of text and an end, or a refusal.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = GenerationEvent.Loaded.class, name = "loaded"),
    @JsonSubTypes.Type(value = GenerationEvent.Piece.class, name = "piece"),
    @JsonSubTypes.Type(value = GenerationEvent.Answered.class, name = "answered"),
    @JsonSubTypes.Type(value = GenerationEvent.Refused.class, name = "refused")
})
public sealed interface GenerationEvent {

    /// The model is ready.
    ///
    /// @param format          of the projections, for example `F16` or `TERNARY2`
    /// @param embeddingFormat of the embeddings
    /// @param weightBytes     all weights in memory
    /// @param positions       most tokens of prompt and answer together
    /// @param hasChatTemplate whether questions can be asked
    /// @param threads         that compute
    /// @param seconds         that loading took
    record Loaded(
            String format, String embeddingFormat, long weightBytes, int positions, boolean hasChatTemplate, int threads, double seconds)
            implements GenerationEvent {}

    /// @param text   what the answer goes on with; may be empty where a token ends within a character
    /// @param tokens of the answer so far
    record Piece(String text, int tokens) implements GenerationEvent {}

    /// The answer is complete.
    ///
    /// @param text                the whole answer
    /// @param promptTokens        that were read
    /// @param secondsToFirstToken for reading the prompt and choosing the first token
    /// @param tokensPerSecond     behind the first token; 0 where there is none
    /// @param first               the likeliest first tokens, most likely first, before any setting of the sampling
    record Answered(
            String text, Ending ending, int promptTokens, int tokens, double secondsToFirstToken, double tokensPerSecond, List<Candidate> first)
            implements GenerationEvent {

        /// Characters that two answers have in common from their beginning on; never half of one.
        public int commonLength(Answered other) {
            int most = Math.min(text.length(), other.text.length());
            int common = 0;
            while (common < most && text.charAt(common) == other.text.charAt(common)) {
                common++;
            }
            return common > 0 && Character.isHighSurrogate(text.charAt(common - 1)) ? common - 1 : common;
        }

        /// In words, for people.
        public String agreement(Answered other) {
            int common = commonLength(other);
            return text.equals(other.text) ? "the same text"
                    : common == 0 ? "another text from the first character on"
                    : "the same text for the first " + common + (common == 1 ? " character" : " characters");
        }
    }

    /// This request cannot be answered; the next one may be.
    ///
    /// @param reason one sentence with the remedy
    record Refused(String reason) implements GenerationEvent {}

    /// A token that may come next.
    ///
    /// @param probability 0..1, at temperature 1
    record Candidate(String text, double probability) {}

    /// Why an answer ended.
    enum Ending {
        END_OF_TEXT("the model ended it"),
        TOKENS("limit reached"),
        STOP_TEXT("came to a stop text"),
        CONTEXT("the model's context is full"),
        STOPPED("stopped");

        private final String text;

        Ending(String text) {
            this.text = text;
        }

        /// In words, for people.
        public String text() {
            return text;
        }
    }
}
