package org.bitdistillery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SettingDescriptor;
import org.bitdistillery.config.Settings;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.pipeline.RunStoppedException;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.run.RunState;
import org.bitdistillery.run.Worker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CliTest {

    private static final Worker.Job FAILS_EARLY = (_, _, _, _) -> {
        throw new InvalidInput("train.tsv has no rows. Give it some.");
    };

    @TempDir Path folder;
    private String config;
    private String run;

    @BeforeEach
    void writeConfiguration() throws Exception {
        Experiment experiment = ExperimentFile.withOverrides(ExperimentFile.quickstart(), List.of("name=fake"));
        config = Files.writeString(folder.resolve("config of mine.json"), ExperimentFile.toJson(experiment)).toString();
        run = folder.resolve("run").toString();
    }

    @Test
    void aRunShowsItsStagesItsLossesATableAndThenOneLineOfJson() {
        FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), "run", config, "--out", run);

        assertThat(output.exitCode()).isZero();
        assertThat(output.err()).isEmpty();
        assertThat(output.out()).contains("Run folder: " + run, "Distillation: on 5 rows",
                "loss 2.5000 (CE 0.5000, logits 0.1250, relation 0.0300)  1,234 tok/s",
                "validation at step 5: loss 0.2500, accuracy 87.5 %", "Distillation done in 12 s, last loss 2.5000 (CE", "BitDistill", "2.5×");
        JsonNode json = JsonMapper.shared().readTree(output.lastLine());
        assertThat(json.at("/bitDistill/accuracy").asDouble()).isEqualTo(0.925);
        assertThat(json.at("/benchmark/fp16/peakRssBytes").asLong()).isEqualTo(100L << 20);
    }

    @Test
    void withJsonThereIsNothingButTheResults() {
        FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), "run", config, "--out", run, "--json");

        assertThat(output.out().lines()).hasSize(1);
        assertThat(JsonMapper.shared().readTree(output.out()).at("/schemaVersion").asInt()).isEqualTo(1);
    }

    @Test
    void theFolderHoldsTheConfigurationWithItsOverrides() {
        FakeRuns.execute(FakeRuns.fiveSteps(), "run", config, "--out", run, "--set", "distill.optimization.learningRate=3e-4",
                "--set", "task.labels=0=bad,1=good", "--set", "export.enabled=false");

        Experiment experiment = RunFolder.open(Path.of(run)).experiment();
        assertThat(experiment.distill().optimization().learningRate()).isEqualTo(3e-4);
        assertThat(experiment.task().labels()).containsEntry("1", "good");
        assertThat(experiment.export().enabled()).isFalse();
        assertThat(experiment.name()).isEqualTo("fake");
    }

    @Test
    void aFailedRunIsExitCodeOneAndOneSentenceAndAWayOn() {
        FakeRuns.Output output = FakeRuns.execute(FAILS_EARLY, "run", config, "--out", run);

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.err().lines()).containsExactly(
                "The run failed: train.tsv has no rows. Give it some.", "Go on with: bitdistillery run --resume " + run);
    }

    @Test
    void aStoppedRunCanBeResumed() {
        FakeRuns.Output stopped = FakeRuns.execute((_, _, _, _) -> {
            throw new RunStoppedException();
        }, "run", config, "--out", run);
        assertThat(stopped.exitCode()).isEqualTo(1);
        assertThat(stopped.err()).contains("The run was stopped. Go on with: bitdistillery run --resume " + run);

        FakeRuns.Output resumed = FakeRuns.execute(FakeRuns.fiveSteps(), "run", "--resume", run);

        assertThat(resumed.exitCode()).isZero();
        assertThat(RunFolder.open(Path.of(run)).state()).isEqualTo(RunState.FINISHED);
        FakeRuns.Output again = FakeRuns.execute(FakeRuns.fiveSteps(), "run", "--resume", run);
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("finished already").hasLineCount(1);
    }

    @Test
    void aBugIsNoStackTrace() {
        FakeRuns.Output output = FakeRuns.execute((_, _, _, _) -> {
            throw new IllegalStateException("index 7");
        }, "run", config, "--out", run);

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.err()).contains("index 7", "worker.log").doesNotContain("\tat ");
    }

    @Test
    void filesThatTheConfigurationNamesAreCheckedBeforeTheFolderIsMade() {
        ConfigProblem problem = new ConfigProblem("task.train", "does not exist.");
        Services services = new Services(
                FakeRuns.fiveSteps(), _ -> List.of(problem), FakeRuns::export, (_, _) -> List.of(), FakeRuns.inspector(problem));

        FakeRuns.Output output = FakeRuns.execute(services, "run", config, "--out", run);

        assertThat(output.exitCode()).isEqualTo(2);
        assertThat(output.err()).contains("task.train: does not exist.");
        assertThat(Path.of(run)).doesNotExist();
        assertThat(FakeRuns.execute(services, "validate", config).exitCode()).isEqualTo(2);
        assertThat(FakeRuns.execute(services, "validate", config, "--config-only").exitCode()).isZero();
    }

    @Test
    void badConfigurationsAreOneLineAndExitCodeTwo() throws Exception {
        String file = folder.resolve("bad.json").toString();
        assertBadInput("does not exist", "run", folder.resolve("nowhere.json").toString());
        Files.writeString(Path.of(file), "{\"distil\": {}}");
        assertBadInput("distill", "run", file);
        Files.writeString(Path.of(file), "{\"name\": ");
        assertBadInput("not valid JSON at line 1", "run", file);
        assertBadInput("learningRat", "run", config, "--set", "distill.optimization.learningRat=1");
        assertBadInput("has no value", "run", config, "--set", "seed");
        assertBadInput("temperature", "run", config, "--set", "distill.temperature=hot");
        assertThat(Path.of(run)).doesNotExist();
    }

    @Test
    void anOutputFolderThatIsInUseOrAFileIsRefused() throws Exception {
        Files.createDirectories(Path.of(run));
        Files.writeString(Path.of(run, "thesis.tex"), "precious");
        assertBadInput("is not empty", "run", config, "--out", run);
        assertBadInput("is a file", "run", config, "--out", config);
        assertBadInput("cannot be written", "run", config, "--out", config + "/below");
    }

    @Test
    void wrongUsageSaysWhereHelpIs() {
        for (String[] args : new String[][] {
            {}, {"rum"}, {"run"}, {"run", config, "--colour"}, {"run", config, "--resume", run},
            {"run", "--resume", run, "--set", "seed=1"}, {"validate"}, {"inspect"}, {"bench"}, {"export", run}}) {
            FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), args);
            assertThat(output.exitCode()).as(String.join(" ", args)).isEqualTo(2);
            assertThat(output.err()).as(String.join(" ", args)).contains("--help").doesNotContain("\tat ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "validate", "fields", "inspect", "classify", "make-model", "bench", "export"})
    void everyCommandHasHelp(String command) {
        String[] args = command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
        FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), args);

        assertThat(output.exitCode()).isZero();
        assertThat(output.out()).startsWith("Usage: bitdistillery").contains("--help");
    }

    @Test
    void theHiddenWorkerIsNotInTheHelp() {
        assertThat(FakeRuns.execute(FakeRuns.fiveSteps(), "--help").out()).contains("validate").doesNotContain("worker");
    }

    @Test
    void validateTellsAllProblemsAtOnce() throws Exception {
        Path bad = Files.writeString(folder.resolve("bad.json"), "{\"distill\": {\"temperature\": -1, \"epochs\": \"many\"}}");

        FakeRuns.Output text = FakeRuns.execute(FakeRuns.fiveSteps(), "validate", bad.toString());
        assertThat(text.exitCode()).isEqualTo(2);
        assertThat(text.err()).contains("distill.temperature: ", "distill.epochs: ");

        FakeRuns.Output json = FakeRuns.execute(FakeRuns.fiveSteps(), "validate", bad.toString(), "--json");
        assertThat(json.exitCode()).isEqualTo(2);
        JsonNode report = JsonMapper.shared().readTree(json.out());
        assertThat(report.at("/valid").asBoolean()).isFalse();
        assertThat(report.at("/problems").valueStream().map(problem -> problem.at("/path").asString()))
                .contains("distill.temperature", "distill.epochs");
    }

    @Test
    void validateAcceptsWhatRuns() {
        assertThat(FakeRuns.execute(FakeRuns.fiveSteps(), "validate", config).out()).contains("is valid.");
        assertThat(FakeRuns.execute(FakeRuns.fiveSteps(), "validate", config, "--json").out().strip())
                .isEqualTo("{\"valid\":true,\"problems\":[],\"checks\":[]}");
        assertThat(FakeRuns.execute(FakeRuns.fiveSteps(), "validate", config, "--time").out())
                .contains("green  Time  Training takes about 3 min.");
    }

    @Test
    void fieldsListsEverySettingWithItsDefault() {
        FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), "fields");

        assertThat(output.out()).contains(Settings.all().stream().map(SettingDescriptor::path).toList());
        assertThat(output.out()).containsPattern("distill\\.temperature +5\\.0 +0\\.1 to 100 +Temperature τ");
        assertThat(FakeRuns.execute(FakeRuns.fiveSteps(), "fields", "export").out())
                .contains("export.format").doesNotContain("distill");
        assertThat(JsonMapper.shared().readTree(FakeRuns.execute(FakeRuns.fiveSteps(), "fields", "--json").out()).size())
                .isEqualTo(Settings.all().size());
    }

    @Test
    void inspectTellsWhereARunStands() {
        FakeRuns.execute((_, _, events, _) -> {
            events.accept(new RunEvent.RunStarted(Instant.now(), "fake", 1, List.of()));
            events.accept(new RunEvent.StageStarted(Instant.now(), StageId.TEACHER, 0, 0, ""));
            throw new InvalidInput("corpus.txt is empty. Give it text.");
        }, "run", config, "--out", run);

        FakeRuns.Output text = FakeRuns.execute(FakeRuns.fiveSteps(), "inspect", run);
        assertThat(text.exitCode()).isZero();
        assertThat(text.out()).contains(": failed", "corpus.txt is empty. Give it text.");
        JsonNode json = JsonMapper.shared().readTree(FakeRuns.execute(FakeRuns.fiveSteps(), "inspect", run, "--json").out());
        assertThat(json.at("/state").asString()).isEqualTo("failed");
        assertThat(json.at("/stages").size()).isEqualTo(StageId.values().length);
    }

    @Test
    void inspectNamesWhatIsNeitherModelNorRun() throws Exception {
        assertBadInput("does not exist", "inspect", folder.resolve("nowhere").toString());
        assertBadInput("no list of rows", "inspect", config);
        assertBadInput("There is no shape gpt-9", "make-model", "--shape", "gpt-9", "--to", folder.resolve("m").toString());
        assertBadInput("holds no tokenizer.json", "make-model", "--shape", "qwen3-0.6b", "--to", folder.resolve("m").toString(),
                "--tokenizer", folder.toString());
        assertBadInput("config.json does not exist", "inspect", Files.createDirectories(folder.resolve("empty")).toString());
    }

    @Test
    void inspectTellsWhatAFileOfRowsIs() throws Exception {
        Path rows = Files.writeString(folder.resolve("dev.tsv"), "index\tquestion\tsentence\tlabel\n0\tWhen?\tThen.\tentailment\n");

        FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), "inspect", rows.toString());

        assertThat(output.out()).contains("tsv " + rows, "header: the first line has the usual name", "| 0      When?", "those of QNLI",
                "--set 'task.pairColumns=sentence'", "--set 'task.prompt={text}\\n{pair}\\nAnswered:'");
        assertThat(FakeRuns.execute(FakeRuns.fiveSteps(), "inspect", rows.toString(), "--json").out())
                .contains("\"layout\":\"QNLI\"").hasLineCount(1);
    }

    @Test
    void exportReportsWhatTheGateFoundAndKeepsJsonApartFromProgress() {
        FakeRuns.execute(FakeRuns.fiveSteps(), "run", config, "--out", run);
        String target = folder.resolve("student").toString();

        FakeRuns.Output text = FakeRuns.execute(FakeRuns.fiveSteps(), "export", run, "--format", "HuggingFace", "--to", target);
        assertThat(text.exitCode()).isZero();
        assertThat(text.out()).contains(
                "Comparing: 50 %", "Exported to " + target, "differ by 1.0e-07");

        FakeRuns.Output json = FakeRuns.execute(FakeRuns.fiveSteps(), "export", run, "--to", target, "--json");
        assertThat(json.out().lines()).hasSize(1);
        assertThat(JsonMapper.shared().readTree(json.out()).at("/engineAgreement").asDouble()).isEqualTo(1);
        assertThat(json.err().lines()).hasSize(11);
    }

    @Test
    void exportNamesTheFormatsThatThereAre() {
        FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), "export", run, "--format", "gguf", "--to", "x");

        assertThat(output.exitCode()).isEqualTo(2);
        assertThat(output.err()).containsIgnoringCase("huggingface");
        assertBadInput("does not exist", "export", run, "--to", "x");
    }

    private void assertBadInput(String words, String... args) {
        FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), args);
        assertThat(output.exitCode()).as(output.err()).isEqualTo(2);
        assertThat(output.err()).contains(words).hasLineCount(1);
    }
}
