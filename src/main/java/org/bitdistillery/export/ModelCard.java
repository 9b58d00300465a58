package org.bitdistillery.export;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.Task;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.Results;
import org.bitdistillery.model.Architecture;

/// `README.md` of an exported student: what it is, how good it is, how to ask it, and what it was made with.
final class ModelCard {

    private static final Map<String, String> NAMES = Map.of(
            "fp16Sft", "FP16-SFT (teacher)", "bitnetSft", "BitNet-SFT (direct baseline)", "bitDistill", "**this model (BitDistill)**",
            "bagOfWords", "bag of words");

    private ModelCard() {}

    /// @param results what is known so far; absent parts leave their section out
    static String of(Experiment experiment, Architecture architecture, Results results) {
        StringBuilder card = new StringBuilder();
        card.append("""
                ---
                library_name: transformers
                tags: [bitnet, 1.58-bit, ternary, bitdistill]
                ---

                # %s

                A 1.58-bit student made by BitNet Distillation: every projection of every block has weights -1, 0 or 1 with one scale a
                tensor, activations are rounded to INT8 a token. Embeddings and output head are half precision.

                | | |
                |---|---|
                | layers, hidden, feed-forward | %d, %d, %d |
                | heads, key/value heads, head dimension | %d, %d, %d |
                | vocabulary | %,d |
                | ternary weights | %,d |
                | SubLN | %s |

                """.formatted(
                experiment.name(), architecture.layers(), architecture.hiddenSize(), architecture.intermediateSize(),
                architecture.heads(), architecture.keyValueHeads(), architecture.headDim(), architecture.vocabularySize(),
                architecture.projectionParameters(), architecture.subLn().name().toLowerCase(Locale.ROOT)));
        card.append(task(experiment));
        if (results != null) {
            card.append(quality(results.scores()));
            card.append(benchmark(results.benchmark()));
        }
        card.append("""
                ## How it was made

                The configuration of the run is in `bitdistillery.json`. Method: Wu et al., *BitNet Distillation*, arXiv 2510.13998.
                Quantization: Ma et al., *The Era of 1-bit LLMs*, arXiv 2402.17764. The base model's license applies to this derivative too.
                """);
        return card.toString();
    }

    private static String task(Experiment experiment) {
        Task task = experiment.task();
        String places = task.pairColumns().isEmpty()
                ? "the row's text in the place of `{text}`"
                : "the row's texts in the places of `{text}` and `{pair}`";
        String answer = task.kind() == Task.Kind.GENERATION
                ? "The answer is what the model generates, up to its end-of-sequence token or %,d tokens. Scores are of %s.".formatted(
                        task.maxAnswerTokens(), task.decoding() == Task.Decoding.GREEDY ? "greedy decoding"
                                : "sampling at temperature " + task.samplingTemperature() + " with top-p " + task.topP())
                : "The answer is the next word: " + String.join(", ", task.labels().values()) + ".";
        return """
                ## Task

                Prompt, with %s:

                ```
                %s
                ```

                %s

                """.formatted(places, task.prompt(), answer);
    }

    private static String quality(Map<String, ModelScore> scores) {
        if (scores.isEmpty()) {
            return "";
        }
        return scores.values().iterator().next().text() == null ? accuracy(scores) : texts(scores);
    }

    private static String accuracy(Map<String, ModelScore> scores) {
        StringBuilder table = new StringBuilder("""
                ## Accuracy

                | model | accuracy | 95 % interval | loss, nats |
                |---|---|---|---|
                """);
        scores.forEach((key, score) -> {
            List<Double> interval = score.ci95();
            table.append("| %s | %.1f %% | %.1f to %.1f %% | %.3f |%n".formatted(
                    NAMES.getOrDefault(key, key), 100 * score.accuracy(), 100 * interval.get(0), 100 * interval.get(1), score.loss()));
        });
        return table.append('\n').toString();
    }

    private static String texts(Map<String, ModelScore> scores) {
        StringBuilder table = new StringBuilder("""
                ## Answers against references

                | model | BLEU | ROUGE-1 | ROUGE-2 | ROUGE-L | ROUGE-Lsum | its 95 % interval | loss, nats |
                |---|---|---|---|---|---|---|---|
                """);
        scores.forEach((key, score) -> {
            table.append("| ").append(NAMES.getOrDefault(key, key));
            for (String metric : List.of("bleu", "rouge1", "rouge2", "rougeL", "rougeLsum")) {
                table.append(" | %.1f".formatted(100 * score.text().get(metric).value()));
            }
            List<Double> interval = score.text().get("rougeLsum").ci95();
            table.append(" | %.1f to %.1f | %.3f |%n".formatted(100 * interval.get(0), 100 * interval.get(1), score.loss()));
        });
        return table.append('\n').toString();
    }

    private static String benchmark(Map<String, BenchmarkRun> runs) {
        if (runs == null || runs.isEmpty()) {
            return "";
        }
        StringBuilder table = new StringBuilder("""
                ## CPU benchmark

                | model | threads | prefill, tokens/s | decode, tokens/s | weights, bytes | peak RSS, bytes |
                |---|---|---|---|---|---|
                """);
        runs.values().forEach(run -> table.append("| %s | %d | %.0f | %.0f | %,d | %,d |%n".formatted(
                run.name(), run.threads(), run.prefillTokensPerSecond(), run.decodeTokensPerSecond(), run.weightBytes(), run.peakRssBytes())));
        return table.append('\n').toString();
    }
}
