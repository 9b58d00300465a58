package org.bitdistillery.model;

import java.util.ArrayList;
import java.util.List;

/// One weight tensor of a decoder under its Hugging Face name.
///
/// @param shape outermost dimension first; projections are [out, in]
public record ParameterSpec(String name, Kind kind, long... shape) {

    public enum Kind { EMBEDDING, HEAD, NORM, PROJECTION }

    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    public static final String HEAD = "lm_head.weight";

    /// Weight decay pulls on matrices only: norms and embeddings keep their scale.
    public boolean decays() {
        return kind == Kind.PROJECTION || kind == Kind.HEAD;
    }

    /// Every tensor that a model of this shape has, embedding first, then block by block.
    public static List<ParameterSpec> of(Architecture shape) {
        List<ParameterSpec> specs = new ArrayList<>();
        specs.add(new ParameterSpec(EMBEDDING, Kind.EMBEDDING, shape.vocabularySize(), shape.hiddenSize()));
        for (int layer = 0; layer < shape.layers(); layer++) {
            addBlock(specs, shape, layer);
        }
        specs.add(new ParameterSpec(FINAL_NORM, Kind.NORM, shape.hiddenSize()));
        if (!shape.tiedEmbeddings()) {
            specs.add(new ParameterSpec(HEAD, Kind.HEAD, shape.vocabularySize(), shape.hiddenSize()));
        }
        return specs;
    }

    private static void addBlock(List<ParameterSpec> specs, Architecture shape, int layer) {
        int hidden = shape.hiddenSize();
        specs.add(norm(inputNorm(layer), hidden));
        for (Projection projection : Projection.values()) {
            if (projection == Projection.GATE) {
                specs.add(norm(postAttentionNorm(layer), hidden));
            }
            specs.add(new ParameterSpec(
                    projection.weight(layer), Kind.PROJECTION, projection.outputs(shape), projection.inputs(shape)));
            if (projection.hasSubLn(shape.subLn())) {
                specs.add(norm(projection.subLn(layer, shape.subLn()), projection.inputs(shape)));
            }
        }
    }

    private static ParameterSpec norm(String name, int width) {
        return new ParameterSpec(name, Kind.NORM, width);
    }

    /// Whether this gain was added by stage 1.
    public boolean isSubLn() {
        return kind == Kind.NORM && (name.endsWith("_sub_norm.weight") || name.endsWith(".rms_norm.weight"));
    }

    static String inputNorm(int layer) {
        return "model.layers." + layer + ".input_layernorm.weight";
    }

    static String postAttentionNorm(int layer) {
        return "model.layers." + layer + ".post_attention_layernorm.weight";
    }
}
