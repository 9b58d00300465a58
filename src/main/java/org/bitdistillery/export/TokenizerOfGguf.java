package org.bitdistillery.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.GgufMetadata;
import org.bitdistillery.tensorfile.TensorFileException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The tokenizer that a GGUF file has inside as the files of a Hugging Face folder: [GgufTokenizer] the other way round.
public final class TokenizerOfGguf {

    private static final String KEYS = "tokenizer.ggml.";
    private static final String SPACE = "▁";

    private final GgufMetadata keys;
    private final List<String> tokens;
    private final int[] types;

    private TokenizerOfGguf(GgufMetadata keys) {
        this.keys = keys;
        tokens = keys.strings(KEYS + "tokens");
        types = keys.has(KEYS + "token_type")
                ? Arrays.stream(keys.integers(KEYS + "token_type")).mapToInt(Math::toIntExact).toArray() : allNormal(tokens.size());
        if (types.length != tokens.size()) {
            throw unsupported("has " + tokens.size() + " tokens and " + types.length + " types of tokens");
        }
    }

    private static int[] allNormal(int count) {
        int[] types = new int[count];
        Arrays.fill(types, GgufTokenizer.NORMAL);
        return types;
    }

    /// Writes `tokenizer.json`, and `tokenizer_config.json` with the chat template where there is one.
    ///
    /// @param keys   of the file
    /// @param folder that exists
    /// @throws TensorFileException where the file has no tokenizer, or one that this program does not know
    public static void write(GgufMetadata keys, Path folder) {
        AtomicFiles.write(folder.resolve("tokenizer.json"), text(new TokenizerOfGguf(keys).tokenizer()));
        String template = keys.string("tokenizer.chat_template", "");
        if (!template.isEmpty()) {
            ObjectNode config = JsonNodeFactory.instance.objectNode().put("chat_template", template);
            new TokenizerOfGguf(keys).putSpecial(config);
            AtomicFiles.write(folder.resolve("tokenizer_config.json"), text(config));
        }
    }

    private static String text(ObjectNode json) {
        return JsonMapper.shared().writeValueAsString(json);
    }

    private void putSpecial(ObjectNode config) {
        for (String kind : List.of("bos", "eos")) {
            int id = keys.integer(KEYS + kind + "_token_id", -1, -1, tokens.size() - 1);
            if (id >= 0) {
                config.put(kind + "_token", tokens.get(id));
            }
        }
    }

    private ObjectNode tokenizer() {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding");
        putAdded(root.putArray("added_tokens"));
        String model = keys.string(KEYS + "model");
        switch (model) {
            case "gpt2" -> byteLevel(root);
            case "llama" -> sentencePiece(root);
            default -> throw unsupported("has a tokenizer of the kind " + model);
        }
        return root;
    }

    private void putAdded(ArrayNode added) {
        for (int id = 0; id < types.length; id++) {
            boolean special = types[id] == GgufTokenizer.CONTROL || types[id] == GgufTokenizer.UNKNOWN;
            if (special || types[id] == GgufTokenizer.USER_DEFINED) {
                ObjectNode token = added.addObject().put("id", id).put("content", tokens.get(id)).put("special", special);
                List.of("single_word", "lstrip", "rstrip", "normalized").forEach(field -> token.put(field, false));
            }
        }
    }

    private ObjectNode model(ObjectNode root, boolean fallback) {
        ObjectNode model = root.putObject("model").put("type", "BPE").put("byte_fallback", fallback).put("fuse_unk", fallback);
        model.putNull("dropout").putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < types.length; id++) {
            if (types[id] != GgufTokenizer.UNUSED) {
                vocabulary.put(tokens.get(id), id);
            }
        }
        return model;
    }

    private void byteLevel(ObjectNode root) {
        String pre = keys.string(KEYS + "pre", "default");
        root.putNull("normalizer").putNull("post_processor");
        ObjectNode splitting = root.putObject("pre_tokenizer");
        switch (pre) {
            case "gpt-2" -> byteLevel(splitting, true);
            case "smollm" -> {
                ArrayNode steps = splitting.put("type", "Sequence").putArray("pretokenizers");
                steps.addObject().put("type", "Digits").put("individual_digits", true);
                byteLevel(steps.addObject(), true);
            }
            default -> {
                ArrayNode steps = splitting.put("type", "Sequence").putArray("pretokenizers");
                ObjectNode words = steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false);
                words.putObject("pattern").put("Regex", pattern(pre));
                byteLevel(steps.addObject(), false);
            }
        }
        byteLevel(root.putObject("decoder"), true);
        ObjectNode model = model(root, false).put("ignore_merges", isLlama3(pre));
        model.putNull("unk_token");
        keys.strings(KEYS + "merges").forEach(model.putArray("merges")::add);
    }

    private static boolean isLlama3(String pre) {
        return List.of("llama-bpe", "llama3", "llama-v3").contains(pre);
    }

    private String pattern(String pre) {
        String name = isLlama3(pre) ? "llama-bpe" : pre;
        return GgufTokenizer.PRE_TOKENIZERS.entrySet().stream().filter(entry -> entry.getValue().equals(name)).map(Map.Entry::getKey)
                .findFirst().orElseThrow(() -> unsupported("splits words by the pattern " + pre));
    }

    private static void byteLevel(ObjectNode step, boolean words) {
        step.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", words);
    }

    private void sentencePiece(ObjectNode root) {
        boolean prefix = keys.flag(KEYS + "add_space_prefix", true);
        ArrayNode normalizers = root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        if (prefix) {
            normalizers.addObject().put("type", "Prepend").put("prepend", SPACE);
        }
        replace(normalizers.addObject(), " ", SPACE);
        root.putNull("pre_tokenizer").putNull("post_processor");
        ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        replace(decoders.addObject(), SPACE, " ");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        if (prefix) {
            decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
        }
        ObjectNode model = model(root, true);
        int unknown = keys.integer(KEYS + "unknown_token_id", -1, -1, tokens.size() - 1);
        if (unknown >= 0) {
            model.put("unk_token", tokens.get(unknown));
        } else {
            model.putNull("unk_token");
        }
        merges().forEach(model.putArray("merges")::add);
    }

    private static void replace(ObjectNode step, String from, String to) {
        step.put("type", "Replace").put("content", to).putObject("pattern").put("String", from);
    }

    /// A pair is joined the sooner, the higher the score of the token that it makes: every way to make a token out of two others is a
    /// merge.
    private List<String> merges() {
        double[] scores = keys.numbers(KEYS + "scores");
        if (scores.length != types.length) {
            throw unsupported("has " + types.length + " tokens and " + scores.length + " scores");
        }
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < types.length; id++) {
            if (types[id] == GgufTokenizer.NORMAL) {
                ids.put(tokens.get(id), id);
            }
        }
        record Merge(String left, String right, double score) {}
        List<Merge> merges = new ArrayList<>();
        ids.forEach((token, id) -> {
            for (int at = token.offsetByCodePoints(0, 1); at < token.length(); at = token.offsetByCodePoints(at, 1)) {
                if (ids.containsKey(token.substring(0, at)) && ids.containsKey(token.substring(at))) {
                    merges.add(new Merge(token.substring(0, at), token.substring(at), scores[id]));
                }
            }
        });
        merges.sort(Comparator.comparingDouble(Merge::score).reversed().thenComparing(merge -> ids.get(merge.left))
                .thenComparing(merge -> ids.get(merge.right)));
        return merges.stream().map(merge -> merge.left + " " + merge.right).toList();
    }

    private TensorFileException unsupported(String what) {
        return new TensorFileException(keys.file() + " " + what
                + ", which this program does not know: use the model's Hugging Face folder, which has a tokenizer.json.");
    }
}
