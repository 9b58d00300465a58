package org.bitdistillery.data;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Plain text from the world of the [StarterTask]: visits to films, books, restaurants and hotels, told in a few sentences.
///
/// It has no labels and no prompts, and no text of the task's dev and test rows; but what the visitors do at the end
/// follows from what they thought, so that a language model that predicts it has to understand the sentences before.
final class StarterCorpus {

    private static final int DOCUMENTS = 12_000;
    private static final long SEED = 20_251_014;

    private StarterCorpus() {}

    /// All documents, always the same.
    static List<String> documents() {
        StarterTask task = StarterTask.generate();
        Set<String> reserved = Stream.concat(task.dev().stream(), task.test().stream())
                .map(LabeledText::text)
                .collect(Collectors.toSet());
        StarterGrammar grammar = new StarterGrammar(new Random(SEED));
        return Stream.generate(() -> grammar.story(reserved)).limit(DOCUMENTS).toList();
    }
}
