package org.bitdistillery.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.config.Quantization.Granularity;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.DType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Hugging Face's `config.json` of the families that this program computes ([Family]).
///
/// A Llama with `paper` SubLN is transformers' BitNet model with SiLU; with `all`, linear layers have `use_rms_norm`; `bitdistillery.subLn`
/// says it again for exact round trips, and is the only word on `paper` in the other families. `quantization_config` tells latent
/// weights (`online`) from packed ones (`offline`).
public final class ConfigJson {

    public static final String FILE = "config.json";
    private static final long MAX_BYTES = 4L << 20;
    private static final String SUPPORTED = Arrays.stream(Family.values())
            .map(family -> family.modelType() + " (" + family.modelClass() + ")")
            .collect(Collectors.joining(", ", "Supported are ", "; bitnet with relu2 or silu."));

    static final String OWN = "bitdistillery";
    private static final String QUANTIZATION = "quantization";

    private ConfigJson() {
    }

    /// A folder's architecture, with the special tokens that its tokenizer uses ([SpecialTokens]).
    ///
    /// @throws InvalidInput where the file is missing, malformed, of another family, or its fields contradict each other
    public static Architecture read(Path folder) {
        ObjectNode config = root(folder);
        String code = foreignCode(config);
        if (code != null) {
            throw new InvalidInput(folder + ": " + code);
        }
        return new ConfigFields(config, folder.resolve(FILE)).architecture(folder);
    }

    /// Why code that a `config.json` asks for stands in the way, or null where it asks for none. The published BitNet b1.58 still names
    /// the code that it came with, whose formulas transformers has had of its own since, and this program, too.
    public static String foreignCode(JsonNode config) {
        JsonNode map = config.path("auto_map");
        if (!map.isObject() || map.isEmpty() || config.path("model_type").asString("").equals(Family.BITNET.modelType())) {
            return null;
        }
        String code = map.values().iterator().next().asString("").replaceAll("[^A-Za-z0-9._/-]", "");
        return FILE + " asks to run code of the repository (auto_map: " + (code.length() > 60 ? code.substring(0, 60) + "…" : code)
                + "), which is never done. Choose a model of a family that needs none (no trust_remote_code).";
    }

    /// The same for the content of a `config.json` that stands in another file.
    ///
    /// @param file what errors name
    public static Architecture parse(ObjectNode config, Path file) {
        return new ConfigFields(config, file).architecture();
    }

    /// The whole file as JSON.
    ///
    /// @throws InvalidInput where it is missing or no JSON object
    public static ObjectNode readTree(Path folder) {
        return root(folder);
    }

    /// How the weights beside a `config.json` are to be computed with.
    public static LinearMode readMode(Path folder) {
        JsonNode quantization = root(folder).path("quantization_config");
        if (quantization.isMissingNode() || quantization.isNull()) {
            return LinearMode.FULL;
        }
        String method = quantization.path("quant_method").asString("");
        String mode = quantization.path("quantization_mode").asString("offline");
        String linear = quantization.path("linear_class").asString("bitlinear");
        boolean latent = mode.equals("online");
        boolean packed = mode.equals("offline") && (linear.equals("autobitlinear") || linear.equals("bitlinear"));
        if (!method.equals("bitnet") || !latent && !packed) {
            throw new InvalidInput(folder.resolve(FILE) + ": quantization_config has quant_method \"" + method
                    + "\", linear_class \"" + linear + "\" and quantization_mode \"" + mode
                    + "\", supported are bitnet with autobitlinear or bitlinear, online or offline. Use an unquantized checkpoint.");
        }
        return latent ? LinearMode.TERNARY : LinearMode.TERNARY_FROZEN;
    }

    /// Whether packed weights come with one over their scale, as `linear_class: bitlinear` has it.
    public static boolean hasInverseScales(Path folder) {
        JsonNode quantization = root(folder).path("quantization_config");
        return quantization.isObject() && quantization.path("quantization_mode").asString("offline").equals("offline")
                && quantization.path("linear_class").asString("bitlinear").equals("bitlinear");
    }

    private static ObjectNode root(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidInput(file + " is larger than 4 MiB, which no model configuration is. Check the path.");
            }
            if (JsonMapper.shared().readTree(Files.readAllBytes(file)) instanceof ObjectNode root) {
                return root;
            }
            throw new InvalidInput(file + " does not hold a JSON object. Fetch it again.");
        } catch (NoSuchFileException e) {
            throw new InvalidInput(file + " does not exist. Name a folder in Hugging Face layout: config.json, model.safetensors,"
                    + " tokenizer.json.", e);
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        } catch (JacksonException e) {
            throw new InvalidInput(file + " is not valid JSON (" + e.getOriginalMessage() + "). Fetch it again.", e);
        }
    }

    static InvalidInput unsupported(Path file, String field, String found) {
        return new InvalidInput(file + ": " + field + " is " + found + ", which this program cannot compute. " + SUPPORTED);
    }

    /// The content of a `config.json` for weights kept as `type`.
    public static ObjectNode tree(Architecture shape, LinearMode mode, DType type) {
        Family family = shape.family();
        Family named = shape.isBitNet() ? Family.BITNET : family;
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.putArray("architectures").add(named.modelClass());
        root.put("model_type", named.modelType());
        root.put("vocab_size", shape.vocabularySize());
        root.put("hidden_size", shape.hiddenSize());
        root.put("intermediate_size", shape.intermediateSize());
        root.put("num_hidden_layers", shape.layers());
        root.put("num_attention_heads", shape.heads());
        root.put("num_key_value_heads", shape.keyValueHeads());
        root.put("head_dim", shape.headDim());
        root.put("max_position_embeddings", shape.maxPositions());
        root.put("rms_norm_eps", shape.rmsNormEps());
        AttentionFields.write(root, shape);
        root.put(family == Family.GEMMA3 ? "hidden_activation" : "hidden_act", ConfigFields.activationNames(family).getFirst());
        root.put("attention_bias", family.hasAttentionBias());
        root.put("tie_word_embeddings", shape.tiedEmbeddings());
        if (family == Family.LLAMA) {
            root.put("mlp_bias", false);
        }
        putToken(root, "bos_token_id", shape.bosTokenId());
        if (shape.endTokenIds().size() > 1) {
            shape.endTokenIds().forEach(root.putArray("eos_token_id")::add);
        } else {
            putToken(root, "eos_token_id", shape.eosTokenId());
        }
        root.put("torch_dtype", switch (type) {
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            default -> "float32";
        });
        if (mode != LinearMode.FULL) {
            putQuantization(root, shape, mode);
        }
        root.putObject(OWN).put("subLn", shape.subLn().name().toLowerCase(Locale.ROOT));
        return root;
    }

    /// The same for a student that may not be rounded in the usual way, which a block of our own tells.
    static ObjectNode tree(Architecture shape, LinearMode mode, Quantization quantization, DType type) {
        ObjectNode root = tree(shape, mode, type);
        if (mode != LinearMode.FULL && !quantization.fitsExports()) {
            ObjectNode own = ((ObjectNode) root.get(OWN)).putObject(QUANTIZATION);
            own.put("granularity", quantization.granularity().name().toLowerCase(Locale.ROOT));
            own.put("blockSize", quantization.blockSize());
            own.put("int8Activations", quantization.int8Activations());
            own.put("deadZoneBias", quantization.deadZoneBias());
            quantization.keep().forEach(own.putArray("keep")::add);
        }
        return root;
    }

    /// How the projections of a latent ternary model are rounded.
    ///
    /// @throws InvalidInput where the block that says so is damaged
    public static Quantization readQuantization(Path folder) {
        JsonNode own = root(folder).path(OWN).path(QUANTIZATION);
        if (!own.isObject()) {
            return Quantization.DEFAULTS;
        }
        try {
            List<String> keep = new ArrayList<>();
            own.path("keep").forEach(part -> keep.add(part.asString()));
            Granularity granularity = Granularity.valueOf(own.path("granularity").asString("").toUpperCase(Locale.ROOT));
            Quantization usual = Quantization.DEFAULTS;
            return new Quantization(
                    granularity, Math.max(2, own.path("blockSize").asInt(usual.blockSize())), usual.initialization(),
                    usual.calibrationSequences(), own.path("int8Activations").asBoolean(true), own.path("deadZoneBias").asBoolean(false),
                    List.copyOf(keep));
        } catch (IllegalArgumentException e) {
            throw new InvalidInput(folder.resolve(FILE) + ": bitdistillery.quantization.granularity is none of tensor, channel and block."
                    + " The file is damaged: use another checkpoint.", e);
        }
    }

    private static void putQuantization(ObjectNode root, Architecture shape, LinearMode mode) {
        ObjectNode quantization = root.putObject("quantization_config");
        quantization.put("quant_method", "bitnet");
        quantization.put("linear_class", "autobitlinear");
        quantization.put("quantization_mode", mode == LinearMode.TERNARY ? "online" : "offline");
        if (shape.subLn() == SubLnPlacement.ALL) {
            quantization.put("use_rms_norm", true);
            quantization.put("rms_norm_eps", shape.subLnEps());
        }
        quantization.putArray("modules_to_not_convert").add("lm_head");
    }

    private static void putToken(ObjectNode root, String field, int id) {
        if (id >= 0) {
            root.put(field, id);
        } else {
            root.putNull(field);
        }
    }

    /// Writes `config.json` into a folder that exists.
    ///
    /// @throws InvalidInput where it cannot be written
    public static void write(Path folder, Architecture shape, LinearMode mode, DType type) {
        write(folder, shape, mode, Quantization.DEFAULTS, type);
    }

    static void write(Path folder, Architecture shape, LinearMode mode, Quantization quantization, DType type) {
        String json = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(tree(shape, mode, quantization, type));
        AtomicFiles.write(folder.resolve(FILE), json);
    }
}
