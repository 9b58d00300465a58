package org.bitdistillery.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Text to token ids and back, by the `tokenizer.json` of a Hugging Face folder. Works offline; never pads, truncates or
/// adds special tokens: whoever builds a sequence puts the beginning-of-sequence token there.
public final class TextTokenizer implements AutoCloseable {

    public static final String FILE_NAME = "tokenizer.json";

    private static final int LARGEST_ID = 10_000_000;

    private final Path file;
    private final HuggingFaceTokenizer tokenizer;
    private final Map<String, Integer> ids;
    private final int vocabularySize;

    private TextTokenizer(Path file, HuggingFaceTokenizer tokenizer, Map<String, Integer> ids) {
        this.file = file;
        this.tokenizer = tokenizer;
        this.ids = ids;
        this.vocabularySize = 1 + ids.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    /// @param folder a folder with a `tokenizer.json`
    /// @throws InvalidInput where the file is missing, or is no tokenizer
    public static TextTokenizer load(Path folder) {
        Path file = folder.resolve(FILE_NAME);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput(
                    folder + " has no " + FILE_NAME + ": a model folder needs the tokenizer that its model was trained with.");
        }
        Map<String, Integer> ids = readVocabulary(file);
        try {
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder()
                    .optTokenizerPath(file)
                    .optAddSpecialTokens(false)
                    .optTruncation(false)
                    .optPadding(false)
                    .build();
            return new TextTokenizer(file, tokenizer, ids);
        } catch (IOException | RuntimeException e) {
            throw new InvalidInput(file + " is not a tokenizer that can be loaded (" + e.getMessage() + "): fetch it again.", e);
        }
    }

    /// Token ids of a text, without special tokens.
    public int[] encode(String text) {
        return toInts(tokenizer.encode(text, false, false).getIds());
    }

    /// Token ids of several texts, without special tokens; on all cores.
    public List<int[]> encodeAll(List<String> texts) {
        return texts.isEmpty()
                ? List.of()
                : Arrays.stream(tokenizer.batchEncode(texts, false, false)).map(encoding -> toInts(encoding.getIds())).toList();
    }

    /// Where the tokens of a text stand in it: for each, the first character and the one behind the last.
    int[][] spans(String text) {
        CharSpan[] spans = tokenizer.encode(text, false, false).getCharTokenSpans();
        int[][] places = new int[spans.length][];
        int codePoint = 0;
        int at = 0;
        for (int i = 0; i < spans.length; i++) {
            int start = spans[i] == null ? codePoint : spans[i].getStart();
            int from = text.offsetByCodePoints(at, start - codePoint);
            int end = spans[i] == null ? start : spans[i].getEnd();
            places[i] = new int[] {from, text.offsetByCodePoints(from, end - start)};
            codePoint = start;
            at = from;
        }
        return places;
    }

    /// Token ids that `continuation` has where it follows `context` directly.
    ///
    /// Encoding it alone would not do: a SentencePiece-style tokenizer puts a space in front of whatever it encodes, so
    /// that `" positive"` alone gets two. The ids are therefore cut from the encoding of both together, behind those of
    /// the context. Where a token spans the seam there is no such cut; then a line break takes the context's place.
    public int[] encodeContinuation(String context, String continuation) {
        for (String before : List.of(context, "\n")) {
            int[] left = encode(before);
            int[] both = encode(before + continuation);
            if (both.length > left.length && Arrays.equals(left, 0, left.length, both, 0, left.length)) {
                return Arrays.copyOfRange(both, left.length, both.length);
            }
        }
        return encode(continuation);
    }

    /// Text of token ids; special tokens are left out.
    public String decode(int[] tokens) {
        return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), true);
    }

    /// The same with special tokens as they are spelled.
    public String decodeWhole(int[] tokens) {
        return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), false);
    }

    /// The highest id plus one. A model may have more rows than that in its embedding, never fewer.
    public int vocabularySize() {
        return vocabularySize;
    }

    /// Id of a token as `tokenizer.json` spells it, for example `</s>`; null where there is none.
    public Integer tokenId(String token) {
        return ids.get(token);
    }

    /// A token as `tokenizer.json` spells it; empty where no token has this id.
    public String token(int id) {
        return ids.entrySet().stream().filter(token -> token.getValue() == id).map(Map.Entry::getKey).findFirst().orElse("");
    }

    /// The first token that two tokenizers number differently, as a phrase; empty where they agree on all.
    public Optional<String> difference(TextTokenizer other) {
        if (ids.equals(other.ids)) {
            return Optional.empty();
        }
        return Stream.concat(ids.keySet().stream(), other.ids.keySet().stream()).distinct()
                .filter(token -> !Objects.equals(ids.get(token), other.ids.get(token))).min(Comparator.naturalOrder())
                .map(token -> "\"%s\" is %s here and %s there".formatted(token, number(ids.get(token)), number(other.ids.get(token))));
    }

    private static String number(Integer id) {
        return id == null ? "missing" : "number %,d".formatted(id);
    }

    /// The `tokenizer.json` itself, to be copied into an export.
    public Path file() {
        return file;
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private static Map<String, Integer> readVocabulary(Path file) {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(file);
        } catch (JacksonException e) {
            throw new InvalidInput(file + " is not valid JSON: fetch the tokenizer again.", e);
        }
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.isObject()) {
            vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), id(file, entry.getValue())));
        } else if (vocabulary.isArray()) {
            // Unigram models list [token, score] in the order of the ids.
            for (int id = 0; id < vocabulary.size(); id++) {
                ids.put(vocabulary.get(id).path(0).asString(""), id);
            }
        }
        for (JsonNode added : root.path("added_tokens")) {
            ids.put(added.path("content").asString(""), id(file, added.path("id")));
        }
        if (ids.isEmpty()) {
            throw new InvalidInput(file + " has no vocabulary: it is not a Hugging Face tokenizer.json.");
        }
        return ids;
    }

    private static int id(Path file, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || id.intValue() > LARGEST_ID) {
            throw new InvalidInput("%s has a token with the id %.40s: ids are whole numbers from 0 to %,d. Fetch it again."
                    .formatted(file, id, LARGEST_ID));
        }
        return id.intValue();
    }

    private static int[] toInts(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }
}
