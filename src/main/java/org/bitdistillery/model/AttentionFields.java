package org.bitdistillery.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How `config.json` spells attention: `rope_theta` with `rope_scaling`, or transformers 5's `rope_parameters`; sliding layers as
/// `layer_types` or `sliding_window_pattern`.
final class AttentionFields {

    private static final double MAX_THETA = 1e12;
    private static final double MAX_FACTOR = 1e6;
    private static final double LOCAL_THETA = 10_000;
    private static final int SLIDING_PATTERN = 6;
    private static final int SLIDING_WINDOW = 4096;
    private static final double QUERY_SCALAR = 256;
    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";
    private static final String PARAMETERS = "rope_parameters";

    private final JsonFields fields;
    private final Family family;
    private final int maxPositions;

    AttentionFields(JsonFields fields, Family family, int maxPositions) {
        this.fields = fields;
        this.family = family;
        this.maxPositions = maxPositions;
    }

    Attention attention(int headDim, int layers) {
        fields.refuse(fields.flag("use_sliding_window", false), "use_sliding_window");
        if (!family.hasSlidingLayers()) {
            requireFullLayers();
            return Attention.full(headDim, rope(fields.child(PARAMETERS)));
        }
        boolean apart = fields.child(PARAMETERS).has(FULL);
        Rope full = rope(apart ? fields.child(PARAMETERS).child(FULL) : fields.child(PARAMETERS));
        Rope local = apart ? local(fields.child(PARAMETERS).child(SLIDING))
                : Rope.of(fields.positive("rope_local_base_freq", LOCAL_THETA, MAX_THETA));
        double scalar = fields.positive("query_pre_attn_scalar", QUERY_SCALAR, 1e9);
        int window = fields.integer("sliding_window", SLIDING_WINDOW, Integer.MAX_VALUE);
        return new Attention(scalar, full, sliding(layers, window, local));
    }

    private static Rope local(JsonFields parameters) {
        String type = parameters.text("rope_type", "default");
        if (!type.equals("default")) {
            throw parameters.unsupported("rope_type", "\"" + type + "\"");
        }
        return Rope.of(parameters.positive("rope_theta", LOCAL_THETA, MAX_THETA));
    }

    private Attention.Sliding sliding(int layers, int window, Rope rope) {
        if (fields.has("layer_types")) {
            List<Boolean> slides = new ArrayList<>();
            for (JsonNode type : fields.node("layer_types")) {
                slides.add(isSliding(type));
            }
            if (slides.size() != layers) {
                throw fields.wrong("layer_types", slides.size() + " entries long", "num_hidden_layers is " + layers);
            }
            return new Attention.Sliding(window, rope, slides);
        }
        String legacy = fields.has("_sliding_window_pattern") ? "_sliding_window_pattern" : "sliding_window_pattern";
        return Attention.Sliding.every(fields.integer(legacy, SLIDING_PATTERN, 1 << 20), layers, window, rope);
    }

    private boolean isSliding(JsonNode type) {
        String name = type.asString("");
        if (!name.equals(FULL) && !name.equals(SLIDING)) {
            throw fields.unsupported("layer_types", "\"" + name + "\" in one place");
        }
        return name.equals(SLIDING);
    }

    private void requireFullLayers() {
        for (JsonNode type : fields.node("layer_types")) {
            if (isSliding(type)) {
                throw fields.unsupported("layer_types", "\"" + SLIDING + "\" in one place");
            }
        }
    }

    /// @param parameters transformers 5's object, which may be absent
    private Rope rope(JsonFields parameters) {
        double theta = fields.positive("rope_theta", family.defaults().ropeTheta(), MAX_THETA);
        return parameters.has("rope_theta") || parameters.has("rope_type")
                ? nested(parameters, theta)
                : new Rope(theta, scaling(fields.child("rope_scaling")));
    }

    private Rope nested(JsonFields parameters, double fallback) {
        return new Rope(parameters.positive("rope_theta", fallback, MAX_THETA), scaling(parameters));
    }

    private Rope.Scaling scaling(JsonFields scaling) {
        String field = scaling.has("rope_type") ? "rope_type" : "type";
        String type = scaling.text(field, "default");
        return switch (type) {
            case "default" -> new Rope.Scaling.None();
            case "linear" -> new Rope.Scaling.Linear(scaling.positive("factor", null, MAX_FACTOR));
            case "llama3" -> llama3(scaling);
            default -> throw scaling.unsupported(field, "\"" + type + "\"");
        };
    }

    private Rope.Scaling llama3(JsonFields scaling) {
        double low = scaling.positive("low_freq_factor", null, MAX_FACTOR);
        double high = scaling.positive("high_freq_factor", null, MAX_FACTOR);
        if (high <= low) {
            throw scaling.wrong("high_freq_factor", high, "it must be above low_freq_factor, " + low);
        }
        return new Rope.Scaling.Llama3(scaling.positive("factor", null, MAX_FACTOR), low, high,
                scaling.integer("original_max_position_embeddings", maxPositions, 1 << 26));
    }

    static void write(ObjectNode root, Architecture shape) {
        Attention attention = shape.attention();
        root.put("rope_theta", attention.rope().theta());
        if (!(attention.rope().scaling() instanceof Rope.Scaling.None)) {
            write(root.putObject("rope_scaling"), attention.rope().scaling());
        }
        if (!shape.family().hasSlidingLayers()) {
            return;
        }
        Attention.Sliding sliding = attention.sliding();
        putNumber(root, "query_pre_attn_scalar", attention.queryScalar());
        root.put("rope_local_base_freq", sliding.rope().theta());
        root.put("sliding_window", sliding.window());
        var types = root.putArray("layer_types");
        sliding.layers().forEach(slides -> types.add(slides ? SLIDING : FULL));
    }

    /// Whole numbers without a fraction, as transformers declares them.
    private static void putNumber(ObjectNode target, String field, double value) {
        if (value == Math.rint(value)) {
            target.put(field, (long) value);
        } else {
            target.put(field, value);
        }
    }

    private static void write(ObjectNode target, Rope.Scaling scaling) {
        Map<String, Double> numbers = switch (scaling) {
            case Rope.Scaling.None _ -> Map.of();
            case Rope.Scaling.Linear linear -> Map.of("factor", linear.factor());
            case Rope.Scaling.Llama3 llama -> Map.of("factor", llama.factor(), "low_freq_factor", llama.lowFrequencyFactor(),
                    "high_freq_factor", llama.highFrequencyFactor());
        };
        target.put("rope_type", scaling instanceof Rope.Scaling.Linear ? "linear" : "llama3");
        numbers.forEach(target::put);
        if (scaling instanceof Rope.Scaling.Llama3 llama) {
            target.put("original_max_position_embeddings", llama.originalPositions());
        }
    }
}
