package org.bitdistillery.model;

/// What llama.cpp and bitnet.cpp call the tensors of a decoder.
public final class GgufNames {

    public static final String EMBEDDING = "token_embd.weight";
    public static final String FINAL_NORM = "output_norm.weight";
    public static final String HEAD = "output.weight";
    /// Divisors of the rotary frequencies, [headDim / 2].
    public static final String ROPE_FACTORS = "rope_freqs.weight";
    public static final String ATTENTION_SUB_NORM = "attn_sub_norm";
    public static final String FEED_FORWARD_SUB_NORM = "ffn_sub_norm";

    private GgufNames() {}

    /// The full name of a tensor of a layer, for example `blk.3.attn_q.weight`.
    public static String of(int layer, String part, String kind) {
        return "blk." + layer + "." + part + "." + kind;
    }

    public static String part(Projection projection) {
        return switch (projection) {
            case QUERY -> "attn_q";
            case KEY -> "attn_k";
            case VALUE -> "attn_v";
            case OUTPUT -> "attn_output";
            case GATE -> "ffn_gate";
            case UP -> "ffn_up";
            case DOWN -> "ffn_down";
        };
    }

    /// bitnet.cpp's norm in front of a projection.
    public static String normIn(Projection projection) {
        return part(projection) + "_norm_in";
    }

    /// The graph of `llama` turns neighboring pairs of a head, Hugging Face's weights are for pairs half a head apart.
    ///
    /// @param row of query or key as the file has it
    /// @return the same row in Hugging Face's order
    public static int halfApart(int row, int headDim) {
        int within = row % headDim;
        return row - within + within / 2 + within % 2 * (headDim / 2);
    }

    /// The other way round.
    ///
    /// @param row in Hugging Face's order
    public static int interleaved(int row, int headDim) {
        int within = row % headDim;
        int half = headDim / 2;
        return row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
    }

    public static String part(BlockNorm norm) {
        return switch (norm) {
            case INPUT -> "attn_norm";
            case QUERY -> "attn_q_norm";
            case KEY -> "attn_k_norm";
            case ATTENTION_OUTPUT -> "post_attention_norm";
            case FEED_FORWARD -> "ffn_norm";
            case FEED_FORWARD_OUTPUT -> "post_ffw_norm";
        };
    }
}
