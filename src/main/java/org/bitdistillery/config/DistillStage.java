package org.bitdistillery.config;

/// Stage 3: distillation-based fine-tuning, `L = L_CE + lambda·L_LD + gamma·L_AD` (BitDistill, eq. 8-14).
///
/// @param teacher folder of a fine-tuned teacher with the same vocabulary; empty takes the run's own FP16-SFT
/// @param layers  see [LayerChoice]
public record DistillStage(
        @Setting(label = "On") boolean enabled,
        @Setting(label = "Epochs", min = 0.01, max = 1000) double epochs,
        @Setting(
                        label = "Another teacher",
                        help = "A model fine-tuned on the same task, which may be larger; empty takes this run's FP16-SFT.",
                        path = Setting.PathKind.FOLDER, advanced = true)
                String teacher,
        @Setting(label = "Logits weight λ", help = "10 for classification, 1 for summarization in the paper; 0 is off.", min = 0)
                double logitsWeight,
        @Setting(label = "Temperature τ", min = 0.1, max = 100) double temperature,
        @Setting(label = "Multiply by τ²", help = "As the authors' code does; the paper's formula does not.", advanced = true)
                boolean temperatureSquared,
        @Setting(label = "Logits of", advanced = true) TokenScope logitsTokens,
        @Setting(
                        label = "Logits target",
                        help = "TAID moves from the student's own distribution to the teacher's as training goes on.",
                        advanced = true)
                LogitsTarget logitsTarget,
        @Setting(
                        label = "Teacher logits kept on disk",
                        help = "The largest logits of each token and the mass of the others, for later epochs; 0 asks the teacher every time.",
                        unit = "logits a token", min = 0, max = 65536, advanced = true)
                int cachedLogits,
        @Setting(label = "Relation weight γ", help = "1e5 for classification, 1e3 for summarization in the paper; 0 is off.", min = 0)
                double relationWeight,
        @Setting(label = "Relation form", help = "Code: normalized heads, divided by the relation heads. Paper: scaled by √d.",
                        advanced = true)
                RelationForm relationForm,
        @Setting(label = "Relation heads", min = 1, max = 4096, advanced = true) int splitHeads,
        @Setting(label = "Distilled layers", help = "late, advised, all, or numbers counted from 0 such as 3 or 2, 4. One late layer works best.")
                String layers,
        @Setting(label = "Queries", advanced = true) boolean relateQueries,
        @Setting(label = "Keys", advanced = true) boolean relateKeys,
        @Setting(label = "Values", advanced = true) boolean relateValues,
        @Setting(label = "Causal relations", help = "A token's relations reach only to the tokens before it.", advanced = true)
                boolean causalRelations,
        @Setting(label = "Optimization") Optimization optimization) {

    public static final DistillStage DEFAULTS = new DistillStage(
            true, 3, "", 10, 5, true, TokenScope.ALL, LogitsTarget.TEACHER, 0, 1e5, RelationForm.CODE, 32, LayerChoice.LATE,
            true, true, true, false, Optimization.withLearningRate(5e-5));

    /// Which tokens' logits are compared.
    public enum TokenScope { ALL, ANSWER }

    /// What the student's logits are drawn to: the teacher's, or TAID's moving target (arXiv 2501.16937).
    public enum LogitsTarget { TEACHER, TAID }

    /// Which of the two published definitions of the attention relation is used.
    public enum RelationForm { CODE, PAPER }

    public DistillStage withLayers(String chosen) {
        return new DistillStage(
                enabled, epochs, teacher, logitsWeight, temperature, temperatureSquared, logitsTokens, logitsTarget, cachedLogits,
                relationWeight, relationForm, splitHeads, chosen, relateQueries, relateKeys, relateValues, causalRelations, optimization);
    }

    /// Whether attention relations are distilled at all.
    public boolean relates() {
        return relationWeight > 0 && (relateQueries || relateKeys || relateValues);
    }
}
