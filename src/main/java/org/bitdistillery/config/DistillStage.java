package org.bitdistillery.config;

/// Stage 3: distillation-based fine-tuning, `L = L_CE + lambda·L_LD + gamma·L_AD` (BitDistill, eq. 8-14).
///
/// @param layer index of the layer whose relations are distilled, counted from 0 in the student; -1 takes the one at
///              four fifths of the depth, because a late layer works best
public record DistillStage(
        @Setting(label = "On") boolean enabled,
        @Setting(label = "Epochs", min = 0.01, max = 1000) double epochs,
        @Setting(label = "Logits weight λ", help = "10 for classification, 1 for summarization in the paper; 0 is off.", min = 0)
                double logitsWeight,
        @Setting(label = "Temperature τ", min = 0.1, max = 100) double temperature,
        @Setting(label = "Multiply by τ²", help = "As the authors' code does; the paper's formula does not.", advanced = true)
                boolean temperatureSquared,
        @Setting(label = "Logits of", advanced = true) TokenScope logitsTokens,
        @Setting(label = "Relation weight γ", help = "1e5 for classification, 1e3 for summarization in the paper; 0 is off.", min = 0)
                double relationWeight,
        @Setting(label = "Relation form", help = "Code: normalized heads, divided by the relation heads. Paper: scaled by √d.",
                        advanced = true)
                RelationForm relationForm,
        @Setting(label = "Relation heads", min = 1, max = 4096, advanced = true) int splitHeads,
        @Setting(label = "Distilled layer", help = "Counted from 0; -1 picks a late one.", min = -1, max = 1000) int layer,
        @Setting(label = "Optimization") Optimization optimization) {

    public static final DistillStage DEFAULTS = new DistillStage(
            true, 3, 10, 5, true, TokenScope.ALL, 1e5, RelationForm.CODE, 32, -1, Optimization.withLearningRate(5e-5));

    /// Which tokens' logits are compared.
    public enum TokenScope { ALL, ANSWER }

    /// Which of the two published definitions of the attention relation is used.
    public enum RelationForm { CODE, PAPER }
}
