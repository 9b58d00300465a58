package org.bitdistillery.generation;

import java.util.List;
import org.bitdistillery.config.InvalidInput;

/// What a model is asked for.
///
/// @param prompt  text to go on with, or the user's question
/// @param chat    whether the prompt is a question, put into the model's chat template
/// @param history what was said before the question, oldest first; empty without the chat template
/// @param tokens  most tokens of the answer
/// @param stops   texts that end the answer and are no part of it
public record GenerationRequest(
        String prompt, boolean chat, List<Exchange> history, int tokens, Sampling sampling, List<String> stops) {

    /// The line that ends the present answer, where requests are lines.
    public static final String STOP = "stop";

    private static final int MOST_TOKENS = 1_000_000;

    /// @throws InvalidInput where the number of tokens is absurd or a conversation has no template
    public GenerationRequest {
        if (tokens < 1 || tokens > MOST_TOKENS) {
            throw new InvalidInput(tokens + " tokens were asked for. Ask for 1 to " + MOST_TOKENS + ".");
        }
        if (prompt == null) {
            throw new InvalidInput("The request has no prompt. Give it one.");
        }
        sampling = sampling == null ? Sampling.GREEDY : sampling;
        history = history == null ? List.of() : List.copyOf(history);
        stops = stops == null ? List.of() : List.copyOf(stops);
        if (!chat && !history.isEmpty()) {
            throw new InvalidInput("A conversation needs the model's chat template. Ask for it, or leave what was said before out.");
        }
    }
}
