package org.bitdistillery.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitdistillery.TinyExperiment;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.RunEvent.StepDone;
import org.bitdistillery.event.StageId;
import org.bitdistillery.export.ExportOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// One run goes to its end for all tests: they look at it, compare other runs with it, or go on from its stages, and leave it as it is.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PipelineTest {

    private static final String[] TRAINING_ONLY = {"evaluate.enabled=false", "export.enabled=false", "baseline.enabled=false"};

    @TempDir
    private static Path whole;

    @TempDir
    private Path folder;

    private final List<RunEvent> events = new ArrayList<>();
    private List<RunEvent> wholeEvents;
    private Map<String, Losses> uninterrupted;
    private Results results;

    @BeforeAll
    void runTheWholeJob() throws IOException {
        results = run(experiment(), whole);
        Files.writeString(whole.resolve("config.json"), ExperimentFile.toJson(experiment()));
        uninterrupted = losses();
        wholeEvents = List.copyOf(events);
    }

    @BeforeEach
    void forgetEvents() {
        events.clear();
    }

    private static Experiment experiment(String... overrides) throws IOException {
        return TinyExperiment.withFewStories(whole, overrides);
    }

    @Test
    void wholeJobGivesScoresHistogramsAndAnExportThatIsTheStudent() {
        events.addAll(wholeEvents);

        assertThat(results.scores().keySet()).containsExactly("fp16Sft", "bitnetSft", "bitDistill", "ptq.absmean", "bagOfWords");
        assertThat(results.scores().values()).allSatisfy(score -> {
            assertThat(score.accuracy()).isBetween(score.ci95().get(0), score.ci95().get(1));
            assertThat(score.loss()).isPositive();
            assertThat(score.splits()).extracting(split -> split.split() + split.rows()).containsExactly("dev40", "test40");
        });
        assertThat(results.samples()).hasSize(5).allSatisfy(
                sample -> assertThat(sample.predictions().keySet()).containsExactly("fp16Sft", "bitnetSft", "bitDistill"));
        assertThat(results.export().maxRelativeLogitDifference()).isLessThanOrEqualTo(0.02);
        assertThat(results.export().engineAgreement()).isGreaterThanOrEqualTo(0.99);
        assertThat(whole.resolve("results.json")).exists();
        assertThat(whole.resolve("export/huggingface/model.safetensors")).exists();
        assertThat(histogramsOf(StageId.PRETRAIN)).isNotEmpty().allSatisfy(sampled -> {
            long weights = Arrays.stream(sampled.histogram().counts()).sum();
            assertThat(weights).isPositive();
            assertThat(sampled.histogram().zeroFraction()).isBetween(0.0, 1.0);
        });
        assertThat(events.getLast()).isInstanceOf(RunEvent.RunFinished.class);
    }

    @Test
    void sameConfigurationGivesTheSameLosses() throws IOException {
        Experiment experiment = experiment();
        assertThatThrownBy(() -> Pipeline.run(experiment, folder, events::add, () -> !isFinished(StageId.BASELINE)))
                .as("behind the last stage that trains").isInstanceOf(RunStoppedException.class);

        assertThat(losses()).isEqualTo(uninterrupted);
    }

    @Test
    void runThatIsStoppedInStageTwoGoesOnAsIfItHadNotBeen() throws IOException {
        Experiment experiment = experiment(TRAINING_ONLY);
        assertThatThrownBy(() -> Pipeline.run(experiment, folder, events::add, () -> stepsOf(StageId.PRETRAIN) < 5))
                .isInstanceOf(RunStoppedException.class);
        events.clear();
        run(experiment, folder);

        assertThat(stepsOf(StageId.FINETUNE)).as("stages that were done are not done again").isZero();
        assertThat(losses()).hasSizeGreaterThan(10).allSatisfy((step, losses) -> assertThat(losses).isEqualTo(uninterrupted.get(step)));
    }

    @Test
    void runWithKeptLogitsThatIsStoppedInStageThreeUsesThemAgain() throws IOException {
        Experiment experiment = experiment(Stream.concat(Stream.of(TRAINING_ONLY), Stream.of("distill.cachedLogits=16")).toArray(String[]::new));
        run(experiment, trainedUpToStageThree("unstopped", experiment));
        Map<String, Losses> unstopped = losses();
        events.clear();

        Path stopped = trainedUpToStageThree("stopped", experiment);
        assertThatThrownBy(() -> Pipeline.run(experiment, stopped, events::add, () -> stepsOf(StageId.DISTILL) < 5))
                .isInstanceOf(RunStoppedException.class);
        assertThat(notes()).anyMatch(note -> note.startsWith("The teacher's 16 largest logits of every token go to disk first"));
        events.clear();
        run(experiment, stopped);

        assertThat(notes()).contains("The teacher's logits of an earlier start are used again.");
        assertThat(losses()).hasSize(3).allSatisfy((step, losses) -> assertThat(losses).isEqualTo(unstopped.get(step)));
    }

    /// A run's folder with the stages of the whole job before distillation, which `experiment` asks for just like that.
    private Path trainedUpToStageThree(String name, Experiment experiment) throws IOException {
        Path run = folder.resolve(name);
        for (StageId stage : List.of(StageId.TEACHER, StageId.FINETUNE, StageId.SUBLN, StageId.PRETRAIN)) {
            assertThat(StageReuse.fingerprint(experiment, stage)).isEqualTo(StageReuse.fingerprint(experiment(), stage));
            StageReuse.takeOver(stage, whole, run);
        }
        return run;
    }

    private List<String> notes() {
        return events.stream().filter(RunEvent.Noted.class::isInstance).map(event -> ((RunEvent.Noted) event).message()).toList();
    }

    @Test
    void exportToAnotherFolderIsCheckedAndNeverOverwrites() throws IOException {
        Path target = folder.resolve("exported");

        ExportSummary summary = ExportJob.export(whole, ExportOptions.of(ExportStage.Format.HUGGINGFACE), target, (_, _) -> {});

        assertThat(summary.maxRelativeLogitDifference()).isLessThanOrEqualTo(0.02);
        assertThat(target.resolve("README.md")).content().contains("1.58-bit student");
        assertThatThrownBy(() -> ExportJob.export(whole, ExportOptions.of(ExportStage.Format.HUGGINGFACE), target, (_, _) -> {}))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("is not an empty folder");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("nothing unfinished is left").noneMatch(path -> path.getFileName().toString().endsWith(".part"));
        }
    }

    @Test
    void exportOfARunWithoutAStudentSaysSo() throws IOException {
        Files.writeString(folder.resolve("config.json"), ExperimentFile.toJson(TinyExperiment.with()));

        assertThatThrownBy(() -> ExportJob.export(folder, ExportOptions.of(ExportStage.Format.HUGGINGFACE), folder.resolve("x"), (_, _) -> {}))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("has no student yet");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void preflightNamesTheFieldOfEveryMissingFile() {
        Experiment experiment = TinyExperiment.with(
                "teacher.source=folder", "teacher.path=/no/such/model", "pretrain.corpus.source=files", "pretrain.corpus.files=/no/such.txt");

        assertThat(Pipeline.check(experiment)).extracting(problem -> problem.path())
                .containsExactly("teacher.path", "pretrain.corpus.files");
        assertThat(Pipeline.check(TinyExperiment.with())).isEmpty();
    }

    @Test
    void preflightRefusesRelationHeadsThatDoNotDivide() {
        assertThat(Pipeline.check(TinyExperiment.with("distill.splitHeads=7"))).singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("distill.splitHeads", "does not divide the 256 columns"));
        assertThat(Pipeline.check(TinyExperiment.with("distill.layers=3"))).singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("distill.layers", "Choose at most 2"));
    }

    @Test
    void otherQuantizersAndTrainingFreeRowsGoThroughTheWholeLine() throws IOException {
        Results results = run(experiment(
                "quantization.granularity=block", "quantization.blockSize=100", "quantization.initialization=gptq",
                "quantization.deadZoneBias=true", "quantization.calibrationSequences=8", "evaluate.trainingFree=absmean,gptq,awq,ptqtp",
                "distill.logitsTarget=taid", "distill.layers=advised", "export.enabled=false", "baseline.enabled=false"), folder);

        assertThat(results.trainingFree().keySet()).containsExactly("absmean", "gptq", "awq", "ptqtp");
        assertThat(results.bitDistill().loss()).isPositive();
        RunEvent.LayersAdvised advised = events.stream().filter(RunEvent.LayersAdvised.class::isInstance)
                .map(RunEvent.LayersAdvised.class::cast).findFirst().orElseThrow();
        assertThat(advised.layers()).hasSize(3).allSatisfy(layer -> assertThat(layer.distance()).isPositive());
        assertThat(events).anySatisfy(event -> assertThat(event.toString()).contains("the student's layer " + advised.recommended()));
    }

    private Results run(Experiment experiment, Path runFolder) {
        return Pipeline.run(experiment, runFolder, events::add, () -> true);
    }

    private List<StepDone> steps() {
        return events.stream().filter(StepDone.class::isInstance).map(StepDone.class::cast).toList();
    }

    private boolean isFinished(StageId stage) {
        return events.stream().anyMatch(event -> event instanceof RunEvent.StageFinished finished && finished.stage() == stage);
    }

    private long stepsOf(StageId stage) {
        return steps().stream().filter(step -> step.stage() == stage).count();
    }

    private Map<String, Losses> losses() {
        return steps().stream().collect(Collectors.toMap(step -> step.stage() + " " + step.step(), StepDone::losses));
    }

    private List<RunEvent.WeightsSampled> histogramsOf(StageId stage) {
        return events.stream().filter(RunEvent.WeightsSampled.class::isInstance).map(RunEvent.WeightsSampled.class::cast)
                .filter(sampled -> sampled.stage() == stage).toList();
    }
}
