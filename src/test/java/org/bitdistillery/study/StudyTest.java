package org.bitdistillery.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bitdistillery.TinyExperiment;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.MetricScore;
import org.bitdistillery.event.ModelScore;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.StageId;
import org.bitdistillery.pipeline.StageReuse;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.run.RunFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyTest {

    @TempDir
    private Path folder;

    @Test
    void everyVariantRunsWithEverySeedOfItsOwn() throws IOException {
        StudyPlan plan = StudyPlan.of(read("""
                {"name": "all"}, {"name": "stage 2 off", "seeds": [2], "set": {"pretrain.enabled": false}}"""), folder, List.of(), List.of());

        assertThat(plan.runs()).extracting(StudyRun::title).containsExactly("all, seed 1", "all, seed 2", "stage 2 off, seed 2");
        assertThat(plan.runs().getLast().experiment().pretrain().enabled()).isFalse();
        assertThat(plan.runs().getLast().experiment().seed()).isEqualTo(2);
    }

    @Test
    void settingsOfAllVariantsGiveWayToAVariantsOwn() throws IOException {
        Path file = Files.writeString(folder.resolve("study.json"), """
                {"schemaVersion": 1, "name": "s", "experiment": {"schemaVersion": 1, "teacher": {"source": "starter"}},
                 "set": {"distill.epochs": 7, "evaluate.trainingFree": []},
                 "variants": [{"name": "a"}, {"name": "b", "set": {"distill.epochs": 2}}]}""");
        StudyPlan plan = StudyPlan.of(StudyFile.read(file), folder, List.of(1L), List.of());
        assertThat(plan.runs()).extracting(run -> run.experiment().distill().epochs()).containsExactly(7.0, 2.0);
        assertThat(plan.runs()).allSatisfy(run -> assertThat(run.experiment().evaluate().trainingFree()).isEmpty());
    }

    @Test
    void valuesMayNameTheRunOfAnotherVariantWithTheSameSeed() throws IOException {
        StudyPlan plan = StudyPlan.of(read("""
                {"name": "all"}, {"name": "other", "set": {"distill.teacher": "${run:all}/models/fp16-sft"}}"""), folder, List.of(2L), List.of());

        StudyRun first = plan.runs().getFirst();
        StudyRun second = plan.runs().getLast();
        assertThat(second.experiment().distill().teacher()).isEqualTo(first.folder() + "/models/fp16-sft");
        assertThat(StudyPlan.needs(second, first)).isTrue();
        assertThat(StudyPlan.needs(first, second)).isFalse();
    }

    @Test
    void whatIsWrongIsNamedWithItsVariant() {
        assertThatThrownBy(() -> StudyPlan.of(read("""
                {"name": "a", "set": {"distill.epochs": "many"}}"""), folder, List.of(), List.of()))
                .isInstanceOf(InvalidInput.class).hasMessageContainingAll("variant \"a\"", "distill.epochs");
        assertThatThrownBy(() -> read("{\"name\": \"a\"}, {\"name\": \"a\"}")).hasMessageContaining("two variants are called \"a\"");
        assertThatThrownBy(() -> read("{\"name\": \"a\", \"sets\": {}}")).hasMessageContainingAll("\"a\"", "unknown field sets");
        assertThatThrownBy(() -> StudyFile.read(folder.resolve("none.json"))).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> StudyPlan.of(read("{\"name\": \"a\"}"), folder, List.of(), List.of("b"))).hasMessageContaining("no variant \"b\"");
    }

    @Test
    void settingsChangeTheFingerprintsOfTheStagesThatHangOnThemAndOfNoOther() {
        assertThat(changedBy("distill.relationWeight=0")).containsExactly(StageId.DISTILL);
        assertThat(changedBy("pretrain.tokens=4096")).containsExactly(StageId.PRETRAIN, StageId.DISTILL);
        assertThat(changedBy("finetune.epochs=3")).containsExactly(StageId.FINETUNE, StageId.DISTILL);
        assertThat(changedBy("subln.placement=all")).containsExactly(StageId.SUBLN, StageId.PRETRAIN, StageId.DISTILL);
        assertThat(changedBy("baseline.epochs=3")).containsExactly(StageId.BASELINE);
        assertThat(changedBy("seed=9")).containsExactlyElementsOf(StageReuse.stages());
        assertThat(changedBy("evaluate.samples=3", "telemetry.histogramEvery=9", "name=x")).isEmpty();
    }

    private static List<StageId> changedBy(String... settings) {
        Experiment before = TinyExperiment.with();
        Experiment after = TinyExperiment.with(settings);
        return StageReuse.stages().stream()
                .filter(stage -> !StageReuse.fingerprint(before, stage).equals(StageReuse.fingerprint(after, stage)))
                .toList();
    }

    @Test
    void reportHasMeansDeviationsAndPairedDifferences() throws IOException {
        StudyPlan plan = StudyPlan.of(read("{\"name\": \"all\"}"), folder, List.of(), List.of());
        finish(plan.runs().get(0), 0.80, 0.70, 0.79);
        finish(plan.runs().get(1), 0.84, 0.74, 0.80);

        StudyReport report = StudyReport.of(plan);

        assertThat(report.rows()).extracting(StudyReport.Row::title).containsExactly("FP16-SFT", "BitNet-SFT", "all");
        StudyReport.Row student = report.rows().getLast();
        assertThat(student.mean()).isCloseTo(0.795, within(1e-12));
        assertThat(student.deviation()).isCloseTo(0.01 / Math.sqrt(2), within(1e-12));
        assertThat(student.belowTeacher()).isCloseTo(0.025, within(1e-12));
        assertThat(report.markdown()).contains("| all | 79.5 | 0.7 | 2.5 | 2 |");
    }

    @Test
    void generationTasksAreReportedByRougeLsum() throws IOException {
        StudyPlan plan = StudyPlan.of(read("{\"name\": \"all\"}"), folder, List.of(1L), List.of());
        finish(plan.runs().getFirst(), textScore(0.31), textScore(0.2), textScore(0.3));

        StudyReport report = StudyReport.of(plan);

        assertThat(report.metric()).isEqualTo("rougeLsum");
        assertThat(report.rows().getLast().mean()).isEqualTo(0.3);
        assertThat(report.markdown()).contains("| model | rougeLsum, % |", "| all, seed 1 | 31.0 | 20.0 | 30.0 | 0.200 |");
    }

    private static ModelScore textScore(double rougeLsum) {
        return new ModelScore(null, null, null, null, Map.of("rougeLsum", new MetricScore(rougeLsum, List.of(0.0, 1.0))), 0.2, List.of());
    }

    private static void finish(StudyRun run, double teacher, double baseline, double student) throws IOException {
        finish(run, score(teacher), score(baseline), score(student));
    }

    private static void finish(StudyRun run, ModelScore teacher, ModelScore baseline, ModelScore student) throws IOException {
        RunFolder made = RunFolder.create(run.folder(), run.experiment());
        Results results = new Results(
                1, "x", teacher, baseline, student, null, null, List.of(), null, null, Map.of(), 5);
        Files.writeString(made.resultsFile(), EventJson.compact(results));
    }

    private static ModelScore score(double accuracy) {
        return new ModelScore(accuracy, List.of(0.0, 1.0), null, null, null, 0.2, List.of());
    }

    private StudyFile read(String variants) throws IOException {
        Files.writeString(folder.resolve("experiment.json"), ExperimentFile.toJson(TinyExperiment.with()));
        Path file = folder.resolve("study.json");
        Files.writeString(file, "{\"schemaVersion\": 1, \"name\": \"tiny\", \"experiment\": \"experiment.json\", \"seeds\": [1, 2], \"variants\": ["
                + variants + "]}");
        return StudyFile.read(file);
    }
}
