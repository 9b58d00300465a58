package org.bitdistillery.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What sets a family of checkpoints apart from the plain decoder of Llama, and what its `config.json` may leave out.
public enum Family {
    LLAMA("llama", "LlamaForCausalLM", Activation.SILU, new Defaults(2048, 10_000, 0, false)),
    QWEN2("qwen2", "Qwen2ForCausalLM", Activation.SILU, new Defaults(32_768, 10_000, 0, false), Trait.BIASED_ATTENTION),
    QWEN3("qwen3", "Qwen3ForCausalLM", Activation.SILU, new Defaults(32_768, 10_000, 128, false), Trait.NORMED_HEADS),
    GEMMA3("gemma3_text", "Gemma3ForCausalLM", Activation.GELU_TANH, new Defaults(131_072, 1_000_000, 256, true),
            Trait.NORMED_HEADS, Trait.OFFSET_GAINS, Trait.NORMED_OUTPUTS, Trait.SCALED_EMBEDDING, Trait.SLIDING_LAYERS),
    /// Trained in 1.58 bits from the start (BitNet b1.58 2B4T, arXiv 2504.12285). With SiLU, transformers' class of this name is a
    /// Llama with `paper` SubLN.
    BITNET("bitnet", "BitNetForCausalLM", Activation.SQUARED_RELU, new Defaults(2048, 500_000, 0, false));

    private enum Trait { BIASED_ATTENTION, NORMED_HEADS, OFFSET_GAINS, NORMED_OUTPUTS, SCALED_EMBEDDING, SLIDING_LAYERS }

    /// Of the gate of the feed-forward part.
    public enum Activation { SILU, GELU_TANH, SQUARED_RELU }

    /// Values of transformers' configuration class.
    ///
    /// @param headDim 0 where it is hidden size over heads
    record Defaults(int maxPositions, double ropeTheta, int headDim, boolean tiedEmbeddings) {}

    private final String modelType;
    private final String modelClass;
    private final Activation activation;
    private final Defaults defaults;
    private final Set<Trait> traits;

    Family(String modelType, String modelClass, Activation activation, Defaults defaults, Trait... traits) {
        this.modelType = modelType;
        this.modelClass = modelClass;
        this.activation = activation;
        this.defaults = defaults;
        this.traits = EnumSet.noneOf(Trait.class);
        this.traits.addAll(Arrays.asList(traits));
    }

    static Optional<Family> ofModelType(String modelType) {
        return Arrays.stream(values()).filter(family -> family.modelType.equals(modelType)).findFirst();
    }

    /// Hugging Face's `model_type`.
    @JsonValue
    public String modelType() {
        return modelType;
    }

    /// Hugging Face's entry of `architectures`.
    public String modelClass() {
        return modelClass;
    }

    public Activation activation() {
        return activation;
    }

    Defaults defaults() {
        return defaults;
    }

    /// Whether query, key and value projections add a bias.
    public boolean hasAttentionBias() {
        return traits.contains(Trait.BIASED_ATTENTION);
    }

    /// Whether each query and key head passes an RMSNorm before the rotary embedding.
    public boolean normsHeads() {
        return traits.contains(Trait.NORMED_HEADS);
    }

    /// Whether a norm's weight is what its gain exceeds 1 by.
    public boolean hasOffsetGains() {
        return traits.contains(Trait.OFFSET_GAINS);
    }

    /// Whether attention and feed-forward part pass another norm before they are added to the residual stream.
    public boolean normsOutputs() {
        return traits.contains(Trait.NORMED_OUTPUTS);
    }

    /// Whether embeddings are multiplied by the root of the hidden size.
    public boolean scalesEmbedding() {
        return traits.contains(Trait.SCALED_EMBEDDING);
    }

    /// Whether some layers see a window only and have a rotary embedding of their own.
    public boolean hasSlidingLayers() {
        return traits.contains(Trait.SLIDING_LAYERS);
    }

    /// What it has besides grouped-query attention, RMSNorm and a gated feed-forward part, for people.
    public String features() {
        List<String> features = new ArrayList<>();
        features.add(switch (activation) {
            case SILU -> "SiLU";
            case GELU_TANH -> "GELU (tanh)";
            case SQUARED_RELU -> "squared ReLU";
        });
        traits.forEach(trait -> features.add(switch (trait) {
            case BIASED_ATTENTION -> "biases on q, k, v";
            case NORMED_HEADS -> "norms on q and k heads";
            case OFFSET_GAINS -> "gains stored as 1 + w";
            case NORMED_OUTPUTS -> "norms behind attention and feed-forward";
            case SCALED_EMBEDDING -> "embeddings times √hidden";
            case SLIDING_LAYERS -> "sliding layers";
        }));
        return String.join(", ", features);
    }

    @Override
    public String toString() {
        return modelType;
    }
}
