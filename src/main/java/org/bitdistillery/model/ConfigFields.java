package org.bitdistillery.model;

import java.nio.file.Path;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import tools.jackson.databind.JsonNode;

/// Reads and checks the fields of one `config.json`. Defaults are those of transformers' `LlamaConfig`.
final class ConfigFields {

    private static final int MAX_VOCABULARY = 1 << 21;
    private static final int MAX_WIDTH = 1 << 18;
    private static final int MAX_LAYERS = 1024;
    private static final int MAX_HEADS = 4096;
    private static final int MAX_POSITIONS = 1 << 26;

    private final JsonNode root;
    private final Path file;

    ConfigFields(JsonNode root, Path file) {
        this.root = root;
        this.file = file;
    }

    Architecture architecture() {
        String family = family();
        requireComputable();
        int hidden = integer("hidden_size", null, MAX_WIDTH);
        int heads = integer("num_attention_heads", null, MAX_HEADS);
        int keyValueHeads = integer("num_key_value_heads", heads, MAX_HEADS);
        if (heads % keyValueHeads != 0) {
            throw wrong("num_key_value_heads", keyValueHeads, "it does not divide num_attention_heads, " + heads);
        }
        if (root.path("head_dim").isMissingNode() && hidden % heads != 0) {
            throw wrong("num_attention_heads", heads, "it does not divide hidden_size, " + hidden);
        }
        int headDim = integer("head_dim", hidden / heads, MAX_WIDTH);
        if (headDim % 2 != 0) {
            throw wrong("head_dim", headDim, "rotary embeddings need an even number");
        }
        int vocabulary = integer("vocab_size", null, MAX_VOCABULARY);
        requireFits("vocab_size times hidden_size", (long) vocabulary * hidden);
        int intermediate = integer("intermediate_size", null, MAX_WIDTH);
        requireFits("intermediate_size times hidden_size", (long) intermediate * hidden);
        requireFits("num_attention_heads times head_dim times hidden_size", (long) heads * headDim * hidden);
        return new Architecture(
                family, vocabulary, hidden, integer("num_hidden_layers", null, MAX_LAYERS), heads, keyValueHeads, headDim,
                intermediate, integer("max_position_embeddings", 2048, MAX_POSITIONS), positive("rms_norm_eps", 1e-6, 1),
                ropeTheta(), flag("tie_word_embeddings"), subLn(family), token("bos_token_id", vocabulary),
                token("eos_token_id", vocabulary));
    }

    private String family() {
        String family = root.path("model_type").asString("");
        if (!family.equals("llama") && !family.equals("bitnet")) {
            throw ConfigJson.unsupported(file, "model_type", family.isEmpty() ? "missing" : "\"" + family + "\"");
        }
        JsonNode classes = root.path("architectures");
        String expected = family.equals("llama") ? "LlamaForCausalLM" : "BitNetForCausalLM";
        String alternative = family.equals("llama") ? expected : "BitnetForCausalLM";
        if (classes.isArray() && !classes.isEmpty()) {
            String found = classes.get(0).asString("");
            if (!found.equals(expected) && !found.equals(alternative)) {
                throw ConfigJson.unsupported(file, "architectures", "\"" + found + "\"");
            }
        }
        return family;
    }

    private void requireComputable() {
        String activation = root.path("hidden_act").asString("silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw ConfigJson.unsupported(file, "hidden_act", "\"" + activation + "\"");
        }
        for (String field : new String[] {"attention_bias", "mlp_bias"}) {
            if (flag(field)) {
                throw ConfigJson.unsupported(file, field, "true");
            }
        }
        JsonNode scaling = root.path("rope_scaling");
        String type = scaling.path("rope_type").asString(scaling.path("type").asString("default"));
        String parameters = root.path("rope_parameters").path("rope_type").asString("default");
        if (scaling.isObject() && !type.equals("default") || !parameters.equals("default")) {
            String found = parameters.equals("default") ? type : parameters;
            throw ConfigJson.unsupported(file, "rope_scaling", "\"" + found + "\"");
        }
    }

    private SubLnPlacement subLn(String family) {
        boolean everywhere = root.path("quantization_config").path("use_rms_norm").asBoolean(false);
        SubLnPlacement found = family.equals("bitnet") ? SubLnPlacement.PAPER
                : everywhere ? SubLnPlacement.ALL : SubLnPlacement.OFF;
        JsonNode own = root.path("bitdistillery").path("subLn");
        if (own.isMissingNode()) {
            return found;
        }
        for (SubLnPlacement placement : SubLnPlacement.values()) {
            if (placement.name().equalsIgnoreCase(own.asString(""))) {
                return placement;
            }
        }
        throw wrong("bitdistillery.subLn", own, "it must be off, paper or all");
    }

    private double ropeTheta() {
        JsonNode nested = root.path("rope_parameters").path("rope_theta");
        return nested.isNumber() ? nested.asDouble() : positive("rope_theta", 10_000, 1e12);
    }

    private int integer(String field, Integer fallback, int max) {
        JsonNode node = root.path(field);
        if ((node.isMissingNode() || node.isNull()) && fallback != null) {
            return fallback;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1 || node.intValue() > max) {
            throw wrong(field, node, "it must be a whole number from 1 to " + max);
        }
        return node.intValue();
    }

    private double positive(String field, double fallback, double max) {
        JsonNode node = root.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return fallback;
        }
        if (!node.isNumber() || !(node.doubleValue() > 0) || node.doubleValue() > max) {
            throw wrong(field, node, "it must be a number above 0 and at most " + max);
        }
        return node.doubleValue();
    }

    private boolean flag(String field) {
        JsonNode node = root.path(field);
        if (!node.isMissingNode() && !node.isNull() && !node.isBoolean()) {
            throw wrong(field, node, "it must be true or false");
        }
        return node.asBoolean(false);
    }

    /// A token id, the first of a list of them, or -1.
    private int token(String field, int vocabulary) {
        JsonNode node = root.path(field);
        JsonNode first = node.isArray() && !node.isEmpty() ? node.get(0) : node;
        if (first.isMissingNode() || first.isNull()) {
            return -1;
        }
        if (!first.isIntegralNumber() || !first.canConvertToInt() || first.intValue() < -1 || first.intValue() >= vocabulary) {
            throw wrong(field, node, "it must be a token id below vocab_size, " + vocabulary);
        }
        return first.intValue();
    }

    private void requireFits(String product, long elements) {
        if (elements > Integer.MAX_VALUE - 8) {
            throw new InvalidInput(file + ": " + product + " is " + elements
                    + ", more than one tensor holds here. Choose a smaller model.");
        }
    }

    private InvalidInput wrong(String field, Object found, String why) {
        boolean missing = found instanceof JsonNode node && node.isMissingNode();
        return new InvalidInput(file + ": " + field + " is " + (missing ? "missing" : found) + ", " + why
                + ". Fetch the file again or mend the field.");
    }
}
