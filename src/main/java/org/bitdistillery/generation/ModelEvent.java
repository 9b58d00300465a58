package org.bitdistillery.generation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.inference.CausalModel;

/// What a model that answers has to say, in this order: loaded once, then for each request pieces
/// of text and the whole answer, or a class, or a refusal.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ModelEvent.Loaded.class, name = "loaded"),
    @JsonSubTypes.Type(value = ModelEvent.Piece.class, name = "piece"),
    @JsonSubTypes.Type(value = ModelEvent.Answered.class, name = "answered"),
    @JsonSubTypes.Type(value = ModelEvent.Classified.class, name = "classified"),
    @JsonSubTypes.Type(value = ModelEvent.Refused.class, name = "refused")
})
public sealed interface ModelEvent {

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
            implements ModelEvent {

        /// @param begin when loading began, as [System#nanoTime()] says
        public static Loaded of(CausalModel model, boolean hasChatTemplate, long begin) {
            return new Loaded(model.format().name(), model.embeddingFormat().name(), model.weightBytes(), model.architecture().maxPositions(),
                    hasChatTemplate, model.threads(), (System.nanoTime() - begin) / 1e9);
        }

        /// Formats and size, for people.
        public String text() {
            String projections = spelled(format);
            String embeddings = spelled(embeddingFormat);
            return (projections.equals(embeddings) ? projections : projections + ", embeddings " + embeddings) + ", " + Units.bytes(weightBytes);
        }

        private static String spelled(String format) {
            return switch (format) {
                case "TERNARY_2BIT" -> "ternary in 2 bits";
                case "TERNARY_BASE3" -> "ternary in base 3";
                default -> format;
            };
        }
    }

    /// @param text   what the answer goes on with; may be empty where a token ends within a character
    /// @param tokens of the answer so far
    record Piece(String text, int tokens) implements ModelEvent {}

    /// The answer is complete.
    ///
    /// @param text                the whole answer
    /// @param promptTokens        that were read
    /// @param secondsToFirstToken for reading the prompt and choosing the first token
    /// @param tokensPerSecond     behind the first token; 0 where there is none
    /// @param first               the likeliest first tokens, most likely first, before any setting of the sampling
    record Answered(
            String text, Ending ending, int promptTokens, int tokens, double secondsToFirstToken, double tokensPerSecond, List<Candidate> first)
            implements ModelEvent {}

    /// A text is classified.
    ///
    /// @param label         as the task's files have it
    /// @param word          what the model answers for it
    /// @param probabilities by word; over the labels alone they add up to 1
    /// @param promptTokens  that were read
    /// @param seconds       from the text to the answer
    record Classified(String label, String word, Map<String, Double> probabilities, int promptTokens, double seconds) implements ModelEvent {}

    /// This request cannot be answered; the next one may be.
    ///
    /// @param reason one sentence with the remedy
    record Refused(String reason) implements ModelEvent {}

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
