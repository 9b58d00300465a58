package org.bitdistillery.model;

import org.bitdistillery.config.SubLnPlacement;

/// The seven quantized projections of a block, in the order in which they are used.
public enum Projection {
    QUERY("self_attn.q_proj"),
    KEY("self_attn.k_proj"),
    VALUE("self_attn.v_proj"),
    OUTPUT("self_attn.o_proj"),
    GATE("mlp.gate_proj"),
    UP("mlp.up_proj"),
    DOWN("mlp.down_proj");

    private final String path;

    Projection(String path) {
        this.path = path;
    }

    public String weight(int layer) {
        return prefix(layer) + path + ".weight";
    }

    public String bias(int layer) {
        return prefix(layer) + path + ".bias";
    }

    public boolean hasBias(Family family) {
        return family.hasAttentionBias() && (this == QUERY || this == KEY || this == VALUE);
    }

    public int outputs(Architecture shape) {
        return switch (this) {
            case QUERY -> shape.heads() * shape.headDim();
            case KEY, VALUE -> shape.keyValueHeads() * shape.headDim();
            case OUTPUT, DOWN -> shape.hiddenSize();
            case GATE, UP -> shape.intermediateSize();
        };
    }

    public int inputs(Architecture shape) {
        return switch (this) {
            case OUTPUT -> shape.heads() * shape.headDim();
            case DOWN -> shape.intermediateSize();
            default -> shape.hiddenSize();
        };
    }

    public boolean hasSubLn(SubLnPlacement placement) {
        return switch (placement) {
            case OFF -> false;
            case PAPER -> this == OUTPUT || this == DOWN;
            case ALL -> true;
        };
    }

    /// Name of the gain in front of this projection; `paper` uses the names of transformers' BitNet model,
    /// `all` those of its `use_rms_norm` linear layers.
    public String subLn(int layer, SubLnPlacement placement) {
        if (placement == SubLnPlacement.ALL) {
            return prefix(layer) + path + ".rms_norm.weight";
        }
        return prefix(layer) + (this == OUTPUT ? "self_attn.attn_sub_norm.weight" : "mlp.ffn_sub_norm.weight");
    }

    private static String prefix(int layer) {
        return "model.layers." + layer + ".";
    }
}
