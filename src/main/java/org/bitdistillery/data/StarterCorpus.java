package org.bitdistillery.data;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Plain text from the world of the [StarterTask]: visits to films, books, restaurants and hotels, told in a few sentences.
///
/// No text of the task's dev and test rows is in it, no prompt and no label. But what the visitors do at the end follows
/// from what they thought, so that a language model that predicts it has to understand the sentences before.
final class StarterCorpus {

    private static final int DOCUMENTS = 12_000;
    private static final long SEED = 20_251_014;

    private StarterCorpus() {}

    /// All documents, always the same.
    static List<String> documents() {
        StarterTask task = StarterTask.generate();
        Set<String> reserved = Stream.concat(task.dev().stream(), task.test().stream())
                .map(TaskRow::text)
                .collect(Collectors.toSet());
        StarterGrammar grammar = new StarterGrammar(new Random(SEED));
        return Stream.generate(grammar::story).filter(story -> isFreeOf(reserved, story)).limit(DOCUMENTS).toList();
    }

    /// Rows have one or two sentences, and a story may put two together that a row has too.
    private static boolean isFreeOf(Set<String> reserved, String story) {
        String[] sentences = story.split("(?<=\\.) ");
        for (int i = 0; i < sentences.length; i++) {
            if (reserved.contains(sentences[i]) || i > 0 && reserved.contains(sentences[i - 1] + " " + sentences[i])) {
                return false;
            }
        }
        return true;
    }
}
