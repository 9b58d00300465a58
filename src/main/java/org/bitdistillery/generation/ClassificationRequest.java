package org.bitdistillery.generation;

/// A text to classify.
///
/// @param pair the second text of a task of pairs, else null or empty
public record ClassificationRequest(String text, String pair) {

    public ClassificationRequest {
        text = text == null ? "" : text;
        pair = pair == null ? "" : pair;
    }
}
