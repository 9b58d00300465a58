package org.bitdistillery.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.bitdistillery.event.MetricScore;

/// Generated texts against their references: BLEU of all rows together, and ROUGE as a mean over them.
public final class TextScores {

    private TextScores() {}

    /// @param answers    at least one, in the order of the references
    /// @param stemmed    whether ROUGE compares word stems
    /// @param resamples  of the bootstrap; all metrics see the same ones
    /// @return `bleu`, `rouge1`, `rouge2`, `rougeL` and `rougeLsum`, each 0..1
    public static Map<String, MetricScore> of(List<String> answers, List<String> references, boolean stemmed, int resamples, long seed) {
        List<Bleu.Counts> counts = new ArrayList<>();
        List<Rouge> rouges = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            counts.add(Bleu.Counts.of(answers.get(i), references.get(i)));
            rouges.add(Rouge.of(answers.get(i), references.get(i), stemmed));
        }
        Map<String, ToDoubleFunction<int[]>> metrics = new LinkedHashMap<>();
        metrics.put("bleu", rows -> Bleu.score(counts, rows));
        metrics.put("rouge1", mean(rouges, Rouge::rouge1));
        metrics.put("rouge2", mean(rouges, Rouge::rouge2));
        metrics.put("rougeL", mean(rouges, Rouge::rougeL));
        metrics.put("rougeLsum", mean(rouges, Rouge::rougeLsum));
        int[] all = IntStream.range(0, answers.size()).toArray();
        Map<String, MetricScore> scores = new LinkedHashMap<>();
        metrics.forEach((name, metric) -> scores.put(
                name, new MetricScore(metric.applyAsDouble(all), Bootstrap.interval95(all.length, resamples, seed, metric))));
        return scores;
    }

    private static ToDoubleFunction<int[]> mean(List<Rouge> rouges, ToDoubleFunction<Rouge> value) {
        double[] values = rouges.stream().mapToDouble(value).toArray();
        return rows -> {
            double sum = 0;
            for (int row : rows) {
                sum += values[row];
            }
            return sum / rows.length;
        };
    }
}
