package org.bitdistillery.config;

import java.util.List;

/// Scores of every model on the dev and test rows.
public record EvaluateStage(
        @Setting(label = "On") boolean enabled,
        @Setting(label = "Sample predictions", unit = "rows", min = 0, max = 1000) int samples,
        @Setting(
                        label = "Bag-of-words score",
                        help = "A logistic regression on word counts, for comparison; of classifications only.")
                boolean bagOfWords,
        @Setting(
                        label = "Training-free rows",
                        help = "FP16-SFT rounded without any training, by absmean, gptq, awq or ptqtp, to see what training adds.")
                List<String> trainingFree,
        @Setting(label = "Bootstrap resamples", help = "For the intervals of BLEU and ROUGE.", min = 100, max = 100000, advanced = true)
                int resamples,
        @Setting(
                        label = "ROUGE on word stems",
                        help = "Takes the endings from English words (Porter) before ROUGE compares them.",
                        advanced = true)
                boolean stemRouge) {

    /// What `trainingFree` may name.
    public static final List<String> TRAINING_FREE = List.of("absmean", "gptq", "awq", "ptqtp");

    public static final EvaluateStage DEFAULTS = new EvaluateStage(true, 20, true, List.of("absmean"), 1000, false);
}
