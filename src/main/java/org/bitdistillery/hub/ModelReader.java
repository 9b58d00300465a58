package org.bitdistillery.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.hub.ModelFacts.Kind;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.ModelFolder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Finds out what a model folder holds, also where this program cannot use it. Nothing in the folder is run, and of the
/// weights only headers are read.
final class ModelReader {

    static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final long LARGEST_CONFIG = 4L << 20;

    private final Path folder;
    private final ObjectNode config;
    private final JsonNode text;
    private String problem;

    private ModelReader(Path folder, ObjectNode config) {
        this.folder = folder;
        this.config = config;
        // Models of text and images keep the fields of their decoder one level down.
        text = config.path("text_config").isObject() ? config.path("text_config") : config;
    }

    static ModelFacts read(Path folder) {
        if (Files.notExists(folder.resolve(CONFIG))) {
            return ModelFacts.nothing(WeightFiles.isThere(folder)
                    ? "It has weights, but no " + CONFIG + ". Download it, too."
                    : "It holds no model: there is no " + CONFIG + ". Name a folder in Hugging Face layout.");
        }
        try {
            return new ModelReader(folder, tree(folder.resolve(CONFIG))).facts();
        } catch (InvalidInput e) {
            return ModelFacts.nothing(e.getMessage());
        }
    }

    private static ObjectNode tree(Path file) {
        try {
            if (Files.size(file) <= LARGEST_CONFIG && JsonMapper.shared().readTree(Files.readAllBytes(file)) instanceof ObjectNode root) {
                return root;
            }
        } catch (IOException e) {
            throw new InvalidInput(CONFIG + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        } catch (JacksonException e) {
            throw new InvalidInput(CONFIG + " is not valid JSON (" + e.getOriginalMessage() + "). Fetch it again.", e);
        }
        throw new InvalidInput(CONFIG + " is no model configuration. Fetch it again.");
    }

    private ModelFacts facts() {
        problem = ConfigJson.foreignCode(config);
        boolean tied = config.path("tie_word_embeddings").asBoolean(text.path("tie_word_embeddings").asBoolean(false));
        WeightFiles weights = weights(tied);
        attempt(() -> ConfigJson.read(folder));
        attempt(() -> ConfigJson.readMode(folder));
        attempt(this::requireTokenizer);
        attempt(() -> ModelFolder.check(folder));
        Integer heads = integer("num_attention_heads");
        Integer keyValueHeads = integer("num_key_value_heads") == null ? heads : integer("num_key_value_heads");
        Integer hidden = integer("hidden_size");
        Integer headDim = integer("head_dim") != null || heads == null || hidden == null ? integer("head_dim") : Integer.valueOf(hidden / heads);
        return new ModelFacts(
                config.path("model_type").asString(null), kind(), weights == null ? null : weights.parameters(),
                weights == null ? null : weights.bytes(), folderBytes(), weights == null ? List.of() : weights.types(),
                integer("vocab_size"), integer("num_hidden_layers"), hidden, integer("intermediate_size"),
                integer("max_position_embeddings"),
                keyValueHeads == null || headDim == null ? null : Integer.valueOf(2 * keyValueHeads * headDim),
                License.of(folder).orElse(null), problem);
    }

    private WeightFiles weights(boolean tied) {
        try {
            return WeightFiles.of(folder, tied);
        } catch (InvalidInput e) {
            problem = problem == null ? e.getMessage() : problem;
            return null;
        }
    }

    /// Keeps the first thing that stands in the way: the later ones follow from it more often than not.
    private void attempt(Runnable check) {
        if (problem == null) {
            try {
                check.run();
            } catch (InvalidInput e) {
                problem = e.getMessage();
            }
        }
    }

    private void requireTokenizer() {
        if (Files.notExists(folder.resolve(TOKENIZER))) {
            throw new InvalidInput("It has no " + TOKENIZER + ". Download it, too, or save the tokenizer with a fast tokenizer.");
        }
    }

    private Kind kind() {
        JsonNode quantization = config.path("quantization_config");
        if (!quantization.isObject()) {
            return Kind.FULL_PRECISION;
        }
        if (!quantization.path("quant_method").asString("").equals("bitnet")) {
            return Kind.QUANTIZED;
        }
        return quantization.path("quantization_mode").asString("offline").equals("online") ? Kind.LATENT_STUDENT : Kind.PACKED_STUDENT;
    }

    private Integer integer(String field) {
        JsonNode node = text.path(field);
        return node.isIntegralNumber() && node.canConvertToInt() && node.intValue() > 0 ? Integer.valueOf(node.intValue()) : null;
    }

    private Long folderBytes() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            return null;
        }
    }
}
