package org.bitdistillery.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitdistillery.TinyExperiment;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tasks other than the quick start's, through the whole line: generated texts, and pairs with three labels.
class GenerationPipelineTest {

    private static final List<String> NAMES = List.of("garden", "waiter", "film", "hotel", "soup");

    @TempDir
    private Path folder;

    private final List<RunEvent> events = new ArrayList<>();

    @Test
    void generatedTextsAreTrainedScoredShownAndExported() throws Exception {
        Path rows = file("text\tsummary\n", "the %1$s was fine and the %2$s was not\tthe %1$s\n");
        Results results = run("task.kind=generation", "task.train=" + rows, "task.dev=" + rows, "task.test=" + rows,
                "task.prompt={text}\nSummary:", "task.maxTokens=48", "task.maxAnswerTokens=8", "evaluate.resamples=100",
                "task.maxEvaluationRows=12", "finetune.epochs=1", "distill.epochs=1");

        assertThat(results.scores().keySet()).containsExactly("fp16Sft", "bitnetSft", "bitDistill", "ptq.absmean");
        assertThat(results.scores().values()).allSatisfy(score -> {
            assertThat(score.accuracy()).isNull();
            assertThat(score.text().keySet()).containsExactly("bleu", "rouge1", "rouge2", "rougeL", "rougeLsum");
            assertThat(score.text().values()).allSatisfy(metric -> assertThat(metric.value()).isBetween(0.0, 1.0));
            assertThat(score.loss()).isPositive();
        });
        assertThat(results.samples()).hasSize(5).allSatisfy(sample -> {
            assertThat(sample.text()).contains(" was fine and ");
            assertThat(sample.label()).startsWith("the ");
            assertThat(sample.predictions().keySet()).containsExactly("fp16Sft", "bitnetSft", "bitDistill");
        });
        assertThat(events).filteredOn(RunEvent.ValidationDone.class::isInstance).isNotEmpty().map(RunEvent.ValidationDone.class::cast)
                .allSatisfy(done -> assertThat(done.accuracy()).isNull()).allSatisfy(done -> assertThat(done.loss()).isPositive());
        assertThat(results.export().maxRelativeLogitDifference()).isLessThanOrEqualTo(0.02);
        assertThat(results.export().engineAgreement()).isGreaterThanOrEqualTo(0.99);
        assertThat(folder.resolve("run/export/huggingface/README.md")).content()
                .contains("up to its end-of-sequence token or 8 tokens", "ROUGE-Lsum");
    }

    @Test
    void pairsWithThreeLabelsAreTrainedAndScored() throws Exception {
        Path rows = file("one\tother\tlabel\n", "the %1$s was fine\tthe %2$s was fine\t%3$s\n");
        Results results = run("task.train=" + rows, "task.dev=" + rows, "task.test=" + rows, "task.textColumns=one", "task.pairColumns=other",
                "task.labels=yes=good,maybe=fine,no=bad", "task.prompt={text}\n{pair}:", "export.enabled=false", "baseline.enabled=false");

        assertThat(results.bitDistill().accuracy()).isBetween(0.0, 1.0);
        assertThat(results.bitDistill().macroF1()).isBetween(0.0, 1.0);
        assertThat(results.bagOfWords().accuracy()).isPositive();
        assertThat(results.samples()).allSatisfy(sample -> {
            assertThat(sample.text()).matches("the \\w+ was fine\nthe \\w+ was fine");
            assertThat(sample.label()).isIn("good", "fine", "bad");
        });
    }

    @Test
    void whatAGenerationTaskLacksIsSaidBeforeTheRun() throws Exception {
        Path rows = file("text\tlabel\n", "the %1$s was fine\t%3$s\n");
        assertThat(Pipeline.check(experiment("task.kind=generation", "task.train=" + rows, "task.dev=" + rows, "task.test=" + rows)))
                .singleElement().satisfies(problem -> assertThat(problem.toString()).contains("rows.tsv", "no column named", "answerColumns"));
    }

    private Path file(String header, String row) throws IOException {
        StringBuilder text = new StringBuilder(header);
        List<String> labels = List.of("yes", "maybe", "no");
        for (int i = 0; i < 60; i++) {
            text.append(row.formatted(NAMES.get(i % 5), NAMES.get((i / 5) % 5), labels.get(i % 3)));
        }
        return Files.writeString(folder.resolve("rows.tsv"), text);
    }

    private Results run(String... overrides) {
        return Pipeline.run(experiment(overrides), folder.resolve("run"), events::add, () -> true);
    }

    private static Experiment experiment(String... overrides) {
        List<String> all = new ArrayList<>(List.of("task.source=files"));
        all.addAll(Arrays.asList(overrides));
        return TinyExperiment.with(all.toArray(String[]::new));
    }
}
