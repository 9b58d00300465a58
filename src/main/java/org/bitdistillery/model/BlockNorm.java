package org.bitdistillery.model;

/// The RMSNorms that a block has of its own, besides those of SubLN, in the order in which they are used.
public enum BlockNorm {
    /// In front of the attention.
    INPUT,
    /// Of each query head.
    QUERY,
    /// Of each key head.
    KEY,
    /// Behind the attention, before it is added to the residual stream.
    ATTENTION_OUTPUT,
    /// In front of the feed-forward part.
    FEED_FORWARD,
    /// Behind the feed-forward part.
    FEED_FORWARD_OUTPUT;

    public boolean existsIn(Family family) {
        return switch (this) {
            case INPUT, FEED_FORWARD -> true;
            case QUERY, KEY -> family.normsHeads();
            case ATTENTION_OUTPUT, FEED_FORWARD_OUTPUT -> family.normsOutputs();
        };
    }

    public int width(Architecture shape) {
        return this == QUERY || this == KEY ? shape.headDim() : shape.hiddenSize();
    }

    /// Hugging Face's name, which is misleading where it is called after what the norm follows.
    public String weight(int layer, Family family) {
        String name = switch (this) {
            case INPUT -> "input_layernorm";
            case QUERY -> "self_attn.q_norm";
            case KEY -> "self_attn.k_norm";
            case ATTENTION_OUTPUT -> "post_attention_layernorm";
            case FEED_FORWARD -> family.normsOutputs() ? "pre_feedforward_layernorm" : "post_attention_layernorm";
            case FEED_FORWARD_OUTPUT -> "post_feedforward_layernorm";
        };
        return "model.layers." + layer + "." + name + ".weight";
    }
}
