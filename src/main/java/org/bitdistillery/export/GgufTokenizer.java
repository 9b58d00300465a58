package org.bitdistillery.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.tensorfile.GgufValue;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// A Hugging Face `tokenizer.json` as the `tokenizer.ggml.*` keys of a GGUF file.
///
/// Byte-level BPE becomes the model `gpt2` with the name that llama.cpp has for its pre-tokenizer; BPE with byte fallback and
/// `▁` for spaces becomes the model `llama`, whose scores are the negative ranks of the merges. Others are refused.
final class GgufTokenizer {

    static final int NORMAL = 1;
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;
    private static final int BYTE = 6;
    private static final Pattern BYTE_TOKEN = Pattern.compile("<0x[0-9A-F]{2}>");
    private static final String WORD = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
    private static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    /// llama.cpp's names for patterns that split text into words.
    static final Map<String, String> PRE_TOKENIZERS = Map.of(
            WORD + "\\p{N}" + REST, "qwen2", WORD + "\\p{N}{1,3}" + REST, "llama-bpe");

    private final Path file;
    private final JsonNode root;
    private final int vocabularySize;

    private GgufTokenizer(Path file, JsonNode root, int vocabularySize) {
        this.file = file;
        this.root = root;
        this.vocabularySize = vocabularySize;
    }

    /// @param folder         with `tokenizer.json`, and `tokenizer_config.json` where there is one
    /// @param vocabularySize rows of the embedding; ids without a token become unused ones
    /// @param bos            token that sequences begin with, or -1
    /// @param eos            token that ends them, or -1
    /// @throws InvalidInput where llama.cpp has no tokenizer that does the same
    static Map<String, GgufValue> keys(Path folder, int vocabularySize, int bos, int eos) {
        Path file = folder.resolve("tokenizer.json");
        GgufTokenizer tokenizer = new GgufTokenizer(file, read(file), vocabularySize);
        Map<String, GgufValue> keys = new LinkedHashMap<>(tokenizer.model());
        putToken(keys, "bos", bos);
        putToken(keys, "eos", eos);
        keys.put("tokenizer.ggml.add_bos_token", GgufValue.bool(bos >= 0));
        chatTemplate(folder).ifPresent(template -> keys.put("tokenizer.chat_template", GgufValue.string(template)));
        return keys;
    }

    /// As it is: whoever reads the file runs it.
    private static Optional<String> chatTemplate(Path folder) {
        Path own = folder.resolve("chat_template.jinja");
        Path settings = folder.resolve("tokenizer_config.json");
        try {
            if (Files.exists(own)) {
                return Optional.of(Files.readString(own));
            }
        } catch (IOException e) {
            throw new InvalidInput(own + " cannot be read (" + e.getMessage() + "): save it as UTF-8 text.", e);
        }
        JsonNode template = Files.exists(settings) ? read(settings).path("chat_template") : JsonNodeFactory.instance.missingNode();
        return template.isString() ? Optional.of(template.asString()) : Optional.empty();
    }

    private static void putToken(Map<String, GgufValue> keys, String name, int id) {
        if (id >= 0) {
            keys.put("tokenizer.ggml." + name + "_token_id", GgufValue.u32(id));
        }
    }

    private static JsonNode read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput(file + " does not exist: a GGUF file has its tokenizer inside, so the student's folder needs one.");
        }
        try {
            return JsonMapper.shared().readTree(file);
        } catch (JacksonException e) {
            throw new InvalidInput(file + " is not valid JSON: fetch the tokenizer again.", e);
        }
    }

    private Map<String, GgufValue> model() {
        JsonNode model = root.path("model");
        if (!model.path("type").asString("BPE").equals("BPE") || !model.path("vocab").isObject()) {
            throw unsupported("is of the kind " + model.path("type").asString("unknown"));
        }
        return model.path("byte_fallback").asBoolean(false) ? sentencePiece(model) : byteLevel(model);
    }

    private Map<String, GgufValue> byteLevel(JsonNode model) {
        Map<String, GgufValue> keys = new LinkedHashMap<>();
        keys.put("tokenizer.ggml.model", GgufValue.string("gpt2"));
        keys.put("tokenizer.ggml.pre", GgufValue.string(preTokenizer()));
        String[] tokens = tokens(model);
        keys.put("tokenizer.ggml.tokens", GgufValue.strings(Arrays.asList(tokens)));
        keys.put("tokenizer.ggml.token_type", GgufValue.i32s(types(model, tokens)));
        keys.put("tokenizer.ggml.merges", GgufValue.strings(merges(model)));
        return keys;
    }

    private Map<String, GgufValue> sentencePiece(JsonNode model) {
        Map<String, GgufValue> keys = new LinkedHashMap<>();
        String[] tokens = tokens(model);
        keys.put("tokenizer.ggml.model", GgufValue.string("llama"));
        keys.put("tokenizer.ggml.pre", GgufValue.string("default"));
        keys.put("tokenizer.ggml.tokens", GgufValue.strings(Arrays.asList(tokens)));
        keys.put("tokenizer.ggml.scores", GgufValue.f32s(scores(model, tokens)));
        keys.put("tokenizer.ggml.token_type", GgufValue.i32s(types(model, tokens)));
        keys.put("tokenizer.ggml.add_space_prefix", GgufValue.bool(prependsSpace()));
        JsonNode unknown = model.path("vocab").path(model.path("unk_token").asString(""));
        if (unknown.isIntegralNumber()) {
            putToken(keys, "unknown", unknown.intValue());
        }
        return keys;
    }

    /// The tokenizer of llama.cpp joins the pair whose token has the highest score first, so a score is minus the rank of the
    /// merge that makes the token. Tokens that no merge makes come last.
    private static float[] scores(JsonNode model, String[] tokens) {
        Map<String, Integer> ranks = new HashMap<>();
        List<String> merges = merges(model);
        for (int rank = 0; rank < merges.size(); rank++) {
            int space = merges.get(rank).indexOf(' ', 1);
            ranks.putIfAbsent(merges.get(rank).substring(0, space) + merges.get(rank).substring(space + 1), rank);
        }
        float[] scores = new float[tokens.length];
        for (int id = 0; id < tokens.length; id++) {
            scores[id] = -ranks.getOrDefault(tokens[id], merges.size() + id);
        }
        return scores;
    }

    /// Merges as `left right`; newer files have pairs instead of one string.
    private static List<String> merges(JsonNode model) {
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            merges.add(merge.isArray() ? merge.path(0).asString() + " " + merge.path(1).asString() : merge.asString());
        }
        return merges;
    }

    private String[] tokens(JsonNode model) {
        String[] tokens = new String[vocabularySize];
        model.path("vocab").properties().forEach(entry -> put(tokens, entry.getValue().asInt(-1), entry.getKey()));
        root.path("added_tokens").forEach(token -> put(tokens, token.path("id").asInt(-1), token.path("content").asString("")));
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] == null) {
                tokens[id] = "[PAD" + id + "]";
            }
        }
        return tokens;
    }

    private void put(String[] tokens, int id, String token) {
        if (id < 0 || id >= tokens.length) {
            throw new InvalidInput(file + " has a token with the number " + id + ", the model has " + tokens.length
                    + " tokens: use the tokenizer that belongs to it.");
        }
        tokens[id] = token;
    }

    private int[] types(JsonNode model, String[] tokens) {
        int[] types = new int[tokens.length];
        Arrays.fill(types, UNUSED);
        boolean fallback = model.path("byte_fallback").asBoolean(false);
        model.path("vocab").properties().forEach(entry -> types[entry.getValue().asInt()] =
                fallback && BYTE_TOKEN.matcher(entry.getKey()).matches() ? BYTE : NORMAL);
        String unknown = model.path("unk_token").asString("");
        root.path("added_tokens").forEach(token -> {
            boolean special = token.path("special").asBoolean(false);
            types[token.path("id").asInt()] =
                    fallback && token.path("content").asString("").equals(unknown) ? UNKNOWN : special ? CONTROL : USER_DEFINED;
        });
        return types;
    }

    private boolean prependsSpace() {
        String normalizer = root.path("normalizer").toString();
        JsonNode scheme = root.path("pre_tokenizer").path("prepend_scheme");
        return normalizer.contains("\"Prepend\"") || scheme.asString("never").matches("always|first")
                || root.path("pre_tokenizer").path("add_prefix_space").asBoolean(false);
    }

    private String preTokenizer() {
        JsonNode pre = root.path("pre_tokenizer");
        List<JsonNode> steps = new ArrayList<>();
        if (pre.path("type").asString("").equals("Sequence")) {
            pre.path("pretokenizers").forEach(steps::add);
        } else {
            steps.add(pre);
        }
        JsonNode last = steps.isEmpty() ? pre : steps.getLast();
        if (!last.path("type").asString("").equals("ByteLevel") || last.path("add_prefix_space").asBoolean(false)) {
            throw unsupported("has the pre-tokenizer " + last.path("type").asString("none"));
        }
        boolean words = last.path("use_regex").asBoolean(true);
        if (steps.size() == 1 && words) {
            return "gpt-2";
        }
        JsonNode first = steps.getFirst();
        if (steps.size() == 2 && words && first.path("individual_digits").asBoolean(false)) {
            return "smollm";
        }
        String name = PRE_TOKENIZERS.get(first.path("pattern").path("Regex").asString(""));
        if (steps.size() != 2 || words || name == null) {
            throw unsupported("splits words in a way that is not known here");
        }
        return name;
    }

    private InvalidInput unsupported(String what) {
        return new InvalidInput(file + " " + what + ", which cannot be written as a GGUF tokenizer: export to huggingface or packed instead.");
    }
}
