package org.bitdistillery.export;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bitdistillery.config.Task;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.ExportedFile;
import org.bitdistillery.event.GateReading;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.model.Architecture;

/// `README.md` of an exported student: what it is, how good it is, how to ask it, and what it was made with.
final class ModelCard {

    private static final Map<String, String> NAMES = Map.of(
            "fp16Sft", "FP16-SFT (teacher)", "bitnetSft", "BitNet-SFT (direct baseline)", "bitDistill", "**this model (BitDistill)**",
            "bagOfWords", "bag of words");

    private final ExportPlan plan;
    private final ExportSummary summary;
    private final StringBuilder card = new StringBuilder();

    private ModelCard(ExportPlan plan, ExportSummary summary) {
        this.plan = plan;
        this.summary = summary;
    }

    /// What is not known leaves its section out.
    static String of(ExportPlan plan, ExportSummary summary) {
        return new ModelCard(plan, summary).text();
    }

    private String text() {
        head();
        use();
        task();
        if (plan.results() != null) {
            accuracy(plan.results().scores());
            benchmark(plan.results().benchmark());
        }
        gate();
        files();
        origin();
        return card.toString();
    }

    private void add(String format, Object... arguments) {
        card.append(String.format(Locale.ROOT, format, arguments));
    }

    private void head() {
        Architecture shape = plan.architecture();
        String license = plan.provenance().license();
        add("""
                ---
                library_name: transformers
                tags: [bitnet, 1.58-bit, ternary, bitdistill]
                %s---

                # %s

                A 1.58-bit student made by BitNet Distillation: every projection of every block has weights -1, 0 or 1 with one scale a
                tensor, activations are rounded to INT8 a token. Embeddings and output head are %s.

                | | |
                |---|---|
                | family | %s |
                | layers, hidden, feed-forward | %d, %d, %d |
                | heads, key/value heads, head dimension | %d, %d, %d |
                | vocabulary | %,d |
                | ternary weights | %,d |
                | SubLN | %s |

                """, license.isEmpty() ? "" : "license: " + license + "\n", plan.experiment().name(), embeddings(), shape.family(), shape.layers(),
                shape.hiddenSize(), shape.intermediateSize(), shape.heads(), shape.keyValueHeads(), shape.headDim(), shape.vocabularySize(),
                shape.projectionParameters(), shape.subLn().name().toLowerCase(Locale.ROOT));
    }

    private String embeddings() {
        return plan.format().isGguf() ? plan.embeddings().name() : "half precision";
    }

    private void use() {
        String file = plan.fileName();
        card.append("## Use\n\n");
        switch (plan.format()) {
            case TQ1_0, TQ2_0 -> add("Runs in llama.cpp: `llama-cli -m %s -no-cnv -p \"...\"`. llama.cpp rounds activations to INT8 in groups of 256"
                    + " and not a token, so its logits differ slightly.%n%n", file);
            case I2_S -> add("Runs in bitnet.cpp: `llama-cli -m %s -p \"...\"` of that project's build.%n%n", file);
            case HUGGINGFACE -> add("%s%n%n", Compatibility.of(plan.architecture(), plan.format()).reason().startsWith("this program")
                    ? "Runs in BitDistillery's engine; transformers has no class with these norms."
                    : "Loads in transformers with `AutoModelForCausalLM.from_pretrained`.");
            case PACKED -> add("Runs in BitDistillery's engine, which maps the file: `bitdistillery bench %s`.%n%n", file);
            case BF16 -> card.append("Master weights: for further training, not for use. Rounded to ternary they give the student.\n\n");
        }
    }

    private void task() {
        Task task = plan.experiment().task();
        add("""
                ## Task

                Prompt, with the row's text in the place of `{text}`%s:

                ```
                %s
                ```

                """, task.pairColumns().isEmpty() ? "" : " and the second text in the place of `{pair}`", plan.prompt());
        String decoding = task.decoding() == Task.Decoding.GREEDY ? "greedy decoding"
                : "sampling at temperature " + task.samplingTemperature() + " with top-p " + task.topP();
        card.append(task.kind() == Task.Kind.CLASSIFICATION
                ? "The answer is the next word: " + String.join(", ", task.labels().values()) + ".\n\n"
                : "The answer is what the model generates, up to its end-of-sequence token or " + task.maxAnswerTokens()
                        + " tokens. Scores are of " + decoding + ".\n\n");
    }

    private void accuracy(Map<String, ModelScore> scores) {
        if (scores.isEmpty()) {
            return;
        }
        if (scores.values().iterator().next().text() != null) {
            texts(scores);
            return;
        }
        card.append("## Accuracy\n\n| model | accuracy | 95 % interval | loss, nats |\n|---|---|---|---|\n");
        scores.forEach((key, score) -> {
            List<Double> interval = score.ci95();
            add("| %s | %.1f %% | %.1f to %.1f %% | %.3f |%n", NAMES.getOrDefault(key, key), 100 * score.accuracy(), 100 * interval.get(0),
                    100 * interval.get(1), score.loss());
        });
        card.append('\n');
    }

    private void texts(Map<String, ModelScore> scores) {
        card.append("## Answers against references\n\n");
        card.append("| model | BLEU | ROUGE-1 | ROUGE-2 | ROUGE-L | ROUGE-Lsum | its 95 % interval | loss, nats |\n");
        card.append("|---|---|---|---|---|---|---|---|\n");
        scores.forEach((key, score) -> {
            add("| %s", NAMES.getOrDefault(key, key));
            for (String metric : List.of("bleu", "rouge1", "rouge2", "rougeL", "rougeLsum")) {
                add(" | %.1f", 100 * score.text().get(metric).value());
            }
            List<Double> interval = score.text().get("rougeLsum").ci95();
            add(" | %.1f to %.1f | %.3f |%n", 100 * interval.get(0), 100 * interval.get(1), score.loss());
        });
        card.append('\n');
    }

    private void benchmark(Map<String, BenchmarkRun> runs) {
        if (runs == null || runs.isEmpty()) {
            return;
        }
        card.append("## CPU benchmark\n\n| model | threads | prefill, tokens/s | decode, tokens/s | weights, bytes | peak RSS, bytes |\n");
        card.append("|---|---|---|---|---|---|\n");
        runs.values().forEach(run -> add("| %s | %d | %.0f | %.0f | %,d | %,d |%n", run.name(), run.threads(), run.prefillTokensPerSecond(),
                run.decodeTokensPerSecond(), run.weightBytes(), run.peakRssBytes()));
        card.append('\n');
    }

    private void gate() {
        card.append("## Checked after writing\n\nThe files were loaded again and compared with the student on rows of the task.\n\n");
        card.append("| reader | largest logit difference | same token | perplexity ratio | same answers | accuracy (student) |\n");
        card.append("|---|---|---|---|---|---|\n");
        for (GateReading reading : summary.readings()) {
            add("| %s | %.3g | %.1f %% of %d | %.4f | %s | %s |%n", reading.reader(), reading.largestDifference(), 100 * reading.tokenAgreement(),
                    reading.tokens(), reading.perplexityRatio(),
                    reading.answerAgreement() == null ? "" : "%.1f %% of %d".formatted(100 * reading.answerAgreement(), reading.rows()),
                    reading.accuracy() == null ? "" : "%.1f %% (%.1f %%)".formatted(100 * reading.accuracy(), 100 * reading.studentAccuracy()));
        }
        card.append('\n');
        summary.notes().forEach(note -> card.append("- ").append(note).append('\n'));
        card.append('\n');
    }

    private void files() {
        card.append("## Files\n\n| file | bytes | SHA-256 |\n|---|---|---|\n");
        for (ExportedFile file : summary.files()) {
            add("| %s | %,d | `%s` |%n", file.name(), file.bytes(), file.sha256());
        }
        add("%nEvery tensor with its shape, type and bytes is in `%s`.%n%n", ExportFiles.TENSORS);
    }

    private void origin() {
        add("## How it was made%n%nThe configuration of the run is in `%s`. Base model: %s.%n%n",
                ExportFiles.CONFIGURATION, plan.provenance().base());
        if (!plan.provenance().dataHashes().isEmpty()) {
            card.append("| input | SHA-256 |\n|---|---|\n");
            plan.provenance().dataHashes().forEach((name, hash) -> add("| %s | `%s` |%n", name, hash));
            card.append('\n');
        }
        String license = plan.provenance().license();
        card.append(license.isEmpty() ? "" : "License of the base model, which applies to this derivative too: " + license + ".\n\n");
        plan.provenance().warning().ifPresent(warning -> card.append("**License:** ").append(warning).append("\n\n"));
        card.append("""
                ## Citation

                ```
                @article{wu2025bitnetdistillation, title={BitNet Distillation},
                  author={Wu, Xun and others}, journal={arXiv:2510.13998}, year={2025}}
                @article{ma2024era, title={The Era of 1-bit LLMs: All Large Language Models are in 1.58 Bits},
                  author={Ma, Shuming and others}, journal={arXiv:2402.17764}, year={2024}}
                ```
                """);
    }
}
