package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.event.PreflightCheck;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.SpecialTokens;

/// Whether models and their tokenizers speak of the same tokens.
final class TokenizerChecks {

    private TokenizerChecks() {}

    /// A tokenizer against the model that reads its ids.
    static PreflightCheck ofModel(Architecture shape, TextTokenizer tokenizer) {
        if (tokenizer.vocabularySize() > shape.vocabularySize()) {
            return PreflightCheck.red("Vocabulary", "The tokenizer has ids up to %,d, the model's embedding %,d rows.".formatted(
                    tokenizer.vocabularySize() - 1, shape.vocabularySize()), "Use the tokenizer that the model was trained with.", "teacher.path");
        }
        List<Integer> special = Stream.concat(Stream.of(shape.bosTokenId()), shape.endTokenIds().stream()).filter(id -> id >= 0).toList();
        for (int id : special) {
            if (tokenizer.token(id).isEmpty()) {
                return PreflightCheck.red("Vocabulary", "The model's files name the special token %,d, which the tokenizer does not have."
                        .formatted(id), "Use the config.json and tokenizer.json of one model.", "teacher.path");
            }
        }
        return PreflightCheck.green("Vocabulary", "The tokenizer's %,d ids fit the model's %,d rows; sequences begin with %s and end with %s."
                .formatted(tokenizer.vocabularySize(), shape.vocabularySize(), name(tokenizer, shape.bosTokenId()),
                        names(tokenizer, shape.endTokenIds())));
    }

    /// A teacher against the student that learns from it: same token, same number, also for those that begin and end sequences.
    /// The words themselves were compared before ([Preflight]).
    ///
    /// @param own     the student's folder
    /// @param teacher a folder with as many tokens
    static PreflightCheck ofTeacher(Path teacher, Path own, TextTokenizer tokenizer) {
        SpecialTokens theirs = SpecialTokens.read(teacher);
        SpecialTokens ours = SpecialTokens.read(own);
        String difference = Stream.of(
                        difference("begin with", List.of(theirs.bos()), List.of(ours.bos()), tokenizer),
                        difference("end with", theirs.ends(), ours.ends(), tokenizer),
                        difference("are filled up with", List.of(theirs.pad()), List.of(ours.pad()), tokenizer))
                .filter(part -> !part.isEmpty()).collect(Collectors.joining("; "));
        if (difference.isEmpty()) {
            return PreflightCheck.green("Teacher", teacher + " has the student's vocabulary, token by token, and its special tokens.");
        }
        return PreflightCheck.amber("Teacher", teacher + " has the student's vocabulary, but its sequences " + difference + ".",
                "Compare tokenizer_config.json and generation_config.json of both models. The student's are used.", "distill.teacher");
    }

    private static String difference(String verb, List<Integer> theirs, List<Integer> ours, TextTokenizer tokenizer) {
        return theirs.equals(ours) ? "" : "%s %s, the student's with %s".formatted(verb, names(tokenizer, theirs), names(tokenizer, ours));
    }

    private static String names(TextTokenizer tokenizer, List<Integer> ids) {
        return ids.isEmpty() ? "nothing" : ids.stream().map(id -> name(tokenizer, id)).collect(Collectors.joining(" or "));
    }

    private static String name(TextTokenizer tokenizer, int id) {
        return id < 0 ? "no token of their own" : "%s (%,d)".formatted(tokenizer.token(id), id);
    }
}
