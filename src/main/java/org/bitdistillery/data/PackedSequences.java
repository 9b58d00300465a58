package org.bitdistillery.data;

import java.util.ArrayList;
import java.util.List;

/// Text as token sequences of one length: document after document, without padding, a separator before each.
///
/// A sequence is one context: attention and positions go on across the separators, so that a document sees those before it
/// in its sequence, and the loss counts the separators. This is how continued pre-training is commonly done, the paper's
/// included; a model learns from the separator that what came before does not matter. Documents are cut where a sequence
/// ends.
public final class PackedSequences {

    private PackedSequences() {}

    /// Tokenizes and packs documents in their order. The end that does not fill a sequence is left out.
    ///
    /// @param separator id that begins each document, usually that of the beginning of sequence; negative for none
    /// @param length    tokens a sequence
    public static List<int[]> pack(List<String> documents, TextTokenizer tokenizer, int separator, int length) {
        List<int[]> sequences = new ArrayList<>();
        int[] current = new int[length];
        int filled = 0;
        for (String document : documents) {
            int[] tokens = tokenizer.encode(document);
            for (int i = separator < 0 ? 0 : -1; i < tokens.length; i++) {
                current[filled++] = i < 0 ? separator : tokens[i];
                if (filled == length) {
                    sequences.add(current);
                    current = new int[length];
                    filled = 0;
                }
            }
        }
        return sequences;
    }
}
