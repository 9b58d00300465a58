package org.bitdistillery.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/// How one model does on the task. What the kind of task does not have is null.
///
/// @param accuracy share of the dev and test rows together that are answered correctly, 0..1
/// @param ci95     95 % Wilson score interval of `accuracy`, lower and upper end
/// @param macroF1  mean over the labels of their F1 on the same rows, 0..1
/// @param matthews Matthews correlation coefficient (several labels: Gorodkin's R_K) on the same rows, -1..1
/// @param text     of generated texts against references: `bleu`, `rouge1`, `rouge2`, `rougeL`, `rougeLsum`
/// @param loss     mean cross-entropy of the answer's tokens in nats, over the same rows
/// @param splits   the same for each split on its own
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelScore(
        Double accuracy, List<Double> ci95, Double macroF1, Double matthews, Map<String, MetricScore> text, double loss,
        List<SplitScore> splits) {

    /// What most people would call the score, 0..1: accuracy, or ROUGE-Lsum of generated texts.
    public double headline() {
        return accuracy == null ? text.get("rougeLsum").value() : accuracy;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SplitScore(String split, int rows, Double accuracy, List<Double> ci95, double loss) {}
}
