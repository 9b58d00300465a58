package org.bitdistillery.model;

import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import tools.jackson.databind.JsonNode;

/// Reads and checks the fields of one `config.json`. What is left out has the value of transformers' configuration class.
final class ConfigFields {


    private static final List<String> BITNET_CLASSES = List.of("BitNetForCausalLM", "BitnetForCausalLM");
    private static final int MAX_VOCABULARY = 1 << 21;
    private static final int MAX_WIDTH = 1 << 18;
    private static final int MAX_LAYERS = 1024;
    private static final int MAX_HEADS = 4096;
    private static final int MAX_POSITIONS = 1 << 26;

    private final JsonFields fields;
    private final String modelType;
    private final Family family;

    ConfigFields(JsonNode root, Path file) {
        fields = new JsonFields(root, file, "");
        modelType = fields.text("model_type", "");
        if (fields.node("text_config").isObject() && Family.ofModelType(modelType).isEmpty()) {
            throw new InvalidInput(file + ": model_type is \"" + modelType + "\", a model of text and other things around a text model, which is"
                    + " not taken out of it here. Choose a checkpoint of text alone, such as Gemma 3 with 270 million or 1 billion weights.");
        }
        Family named = Family.ofModelType(modelType)
                .orElseThrow(() -> fields.unsupported("model_type", modelType.isEmpty() ? "missing" : "\"" + modelType + "\""));
        boolean silu = activationNames(Family.LLAMA).contains(fields.text("hidden_act", ""));
        family = named == Family.BITNET && silu ? Family.LLAMA : named;
    }

    Architecture architecture() {
        requireClass();
        requireComputable();
        int hidden = fields.integer("hidden_size", null, MAX_WIDTH);
        int heads = fields.integer("num_attention_heads", null, MAX_HEADS);
        int keyValueHeads = fields.integer("num_key_value_heads", heads, MAX_HEADS);
        if (heads % keyValueHeads != 0) {
            throw fields.wrong("num_key_value_heads", keyValueHeads, "it does not divide num_attention_heads, " + heads);
        }
        int headDim = headDim(hidden, heads);
        int vocabulary = fields.integer("vocab_size", null, MAX_VOCABULARY);
        int intermediate = fields.integer("intermediate_size", null, MAX_WIDTH);
        requireFits("vocab_size times hidden_size", (long) vocabulary * hidden);
        requireFits("intermediate_size times hidden_size", (long) intermediate * hidden);
        requireFits("num_attention_heads times head_dim times hidden_size", (long) heads * headDim * hidden);
        int layers = fields.integer("num_hidden_layers", null, MAX_LAYERS);
        int positions = fields.integer("max_position_embeddings", family.defaults().maxPositions(), MAX_POSITIONS);
        return new Architecture(
                family, vocabulary, hidden, layers, heads, keyValueHeads, headDim, intermediate, positions,
                fields.positive("rms_norm_eps", 1e-6, 1), new AttentionFields(fields, family, positions).attention(headDim, layers),
                fields.flag("tie_word_embeddings", family.defaults().tiedEmbeddings()), subLn(),
                fields.tokens("bos_token_id", vocabulary).stream().findFirst().orElse(-1), fields.tokens("eos_token_id", vocabulary));
    }

    /// The same with the special tokens that the other files of its folder tell of.
    Architecture architecture(Path folder) {
        Architecture plain = architecture();
        SpecialTokens tokens = SpecialTokens.read(folder, fields, plain.vocabularySize());
        return plain.withTokens(tokens.bos(), tokens.ends());
    }

    private void requireClass() {
        JsonNode classes = fields.node("architectures");
        if (!classes.isArray() || classes.isEmpty()) {
            return;
        }
        String found = classes.get(0).asString("");
        boolean known = modelType.equals(Family.BITNET.modelType()) ? BITNET_CLASSES.contains(found) : family.modelClass().equals(found);
        if (!known) {
            throw fields.unsupported("architectures", "\"" + found + "\"");
        }
    }

    private void requireComputable() {
        String field = family == Family.GEMMA3 ? "hidden_activation" : "hidden_act";
        String activation = fields.text(field, activationNames(family).getFirst());
        if (!activationNames(family).contains(activation)) {
            throw fields.unsupported(field, "\"" + activation + "\"");
        }
        if (!family.hasAttentionBias()) {
            fields.refuse(fields.flag("attention_bias", false), "attention_bias");
        }
        fields.refuse(fields.flag("mlp_bias", false), "mlp_bias");
        fields.refuse(fields.has("final_logit_softcapping"), "final_logit_softcapping");
        fields.refuse(fields.has("attn_logit_softcapping"), "attn_logit_softcapping");
        fields.refuse(fields.flag("use_bidirectional_attention", false), "use_bidirectional_attention");
    }

    static List<String> activationNames(Family family) {
        return switch (family.activation()) {
            case SILU -> List.of("silu", "swish");
            case GELU_TANH -> List.of("gelu_pytorch_tanh");
            case SQUARED_RELU -> List.of("relu2");
        };
    }

    private int headDim(int hidden, int heads) {
        int usual = family.defaults().headDim();
        if (!fields.has("head_dim") && usual == 0 && hidden % heads != 0) {
            throw fields.wrong("num_attention_heads", heads, "it does not divide hidden_size, " + hidden);
        }
        int headDim = fields.integer("head_dim", usual == 0 ? Integer.valueOf(hidden / heads) : Integer.valueOf(usual), MAX_WIDTH);
        if (headDim % 2 != 0) {
            throw fields.wrong("head_dim", headDim, "rotary embeddings need an even number");
        }
        return headDim;
    }

    private SubLnPlacement subLn() {
        boolean everywhere = fields.node("quantization_config").path("use_rms_norm").asBoolean(false);
        SubLnPlacement found = modelType.equals(Family.BITNET.modelType()) ? SubLnPlacement.PAPER
                : everywhere ? SubLnPlacement.ALL : SubLnPlacement.OFF;
        JsonFields own = fields.child(ConfigJson.OWN);
        if (!own.has("subLn")) {
            return found;
        }
        for (SubLnPlacement placement : SubLnPlacement.values()) {
            if (placement.name().equalsIgnoreCase(own.text("subLn", ""))) {
                return placement;
            }
        }
        throw own.wrong("subLn", own.node("subLn"), "it must be off, paper or all");
    }

    private void requireFits(String product, long elements) {
        if (elements > Integer.MAX_VALUE - 8) {
            throw new InvalidInput(fields.file() + ": " + product + " is " + elements
                    + ", more than one tensor holds here. Choose a smaller model.");
        }
    }
}
