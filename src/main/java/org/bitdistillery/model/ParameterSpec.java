package org.bitdistillery.model;

import java.util.ArrayList;
import java.util.List;

/// One weight tensor of a decoder under its Hugging Face name.
///
/// @param shape outermost dimension first; projections are [out, in]
public record ParameterSpec(String name, Kind kind, long... shape) {

    /// An `OFFSET_NORM` holds what its gain exceeds 1 by.
    public enum Kind { EMBEDDING, HEAD, NORM, OFFSET_NORM, BIAS, PROJECTION }

    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    public static final String HEAD = "lm_head.weight";

    /// Weight decay pulls on matrices only: norms, biases and embeddings keep their scale.
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
        specs.add(norm(shape.family(), FINAL_NORM, shape.hiddenSize()));
        if (!shape.tiedEmbeddings()) {
            specs.add(new ParameterSpec(HEAD, Kind.HEAD, shape.vocabularySize(), shape.hiddenSize()));
        }
        return specs;
    }

    private static void addBlock(List<ParameterSpec> specs, Architecture shape, int layer) {
        Family family = shape.family();
        for (BlockNorm norm : BlockNorm.values()) {
            if (norm.existsIn(family)) {
                specs.add(norm(family, norm.weight(layer, family), norm.width(shape)));
            }
        }
        for (Projection projection : Projection.values()) {
            specs.add(new ParameterSpec(
                    projection.weight(layer), Kind.PROJECTION, projection.outputs(shape), projection.inputs(shape)));
            if (projection.hasBias(family)) {
                specs.add(new ParameterSpec(projection.bias(layer), Kind.BIAS, projection.outputs(shape)));
            }
            if (projection.hasSubLn(shape.subLn())) {
                specs.add(new ParameterSpec(projection.subLn(layer, shape.subLn()), Kind.NORM, projection.inputs(shape)));
            }
        }
    }

    private static ParameterSpec norm(Family family, String name, int width) {
        return new ParameterSpec(name, family.hasOffsetGains() ? Kind.OFFSET_NORM : Kind.NORM, width);
    }

    public boolean isNorm() {
        return kind == Kind.NORM || kind == Kind.OFFSET_NORM;
    }

    /// What has to be added to the weights of a norm to get its gain.
    public float gainOffset() {
        return kind == Kind.OFFSET_NORM ? 1 : 0;
    }

    public long elements() {
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        return elements;
    }

    /// Whether this gain was added by stage 1.
    public boolean isSubLn() {
        return kind == Kind.NORM && (name.endsWith("_sub_norm.weight") || name.endsWith(".rms_norm.weight"));
    }
}
