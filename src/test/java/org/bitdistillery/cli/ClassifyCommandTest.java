package org.bitdistillery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.run.RunFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// On the starter teacher, which knows the words but has not learned the task.
class ClassifyCommandTest {

    private static final String MODEL = "resources/starter-teacher";

    @TempDir
    private Path folder;
    private Experiment experiment;
    private String config;

    @BeforeEach
    void writeConfiguration() throws Exception {
        experiment = ExperimentFile.quickstart();
        config = Files.writeString(folder.resolve("mine.json"), ExperimentFile.toJson(experiment)).toString();
    }

    @Test
    void aTextIsAnsweredWithTheProbabilityOfEveryLabel() {
        FakeRuns.Output text = classify("--config", config, "--text", "The soup was a delight.");
        assertThat(text.exitCode()).as(text.err()).isZero();
        assertThat(text.out()).containsPattern("answer +probability").contains("negative", "positive", " %", "[label ");

        JsonNode json = JsonMapper.shared().readTree(classify("--config", config, "--text", "The soup was a delight.", "--json").out());
        assertThat(json.at("/probabilities/negative").asDouble() + json.at("/probabilities/positive").asDouble()).isCloseTo(1, within(1e-9));
        assertThat(experiment.task().labels()).containsEntry(json.at("/label").asString(), json.at("/word").asString());
    }

    @Test
    void aRunKnowsItsTaskAndItsStudent() throws Exception {
        Path run = folder.resolve("run");
        RunFolder.create(run, experiment);
        String expected = word(classify("--config", config, "--text", "The soup was cold.", "--json"));
        assertThat(word(classify("--run", run.toString(), "--text", "The soup was cold.", "--json"))).isEqualTo(expected);
        assertBadInput("has no student yet", "classify", run.toString(), "--text", "The soup was cold.");

        Path student = Files.createDirectories(run.resolve("models/student"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(Path.of(MODEL, file), student.resolve(file));
        }

        assertThat(word(FakeRuns.execute(FakeRuns.fiveSteps(), "classify", run.toString(), "--text", "The soup was cold.", "--json")))
                .isEqualTo(expected);
    }

    @Test
    void aFileWithLabelsIsScoredAndItsAnswersGoToANewFile() throws Exception {
        Path rows = rows("sentence\tlabel\nThe soup was a delight.\t1\nThe soup was cold.\t0\nWho knows?\t\n");
        Path target = folder.resolve("predictions.tsv");

        FakeRuns.Output output = classify("--config", config, "--file", rows.toString(), "--to", target.toString());

        assertThat(output.exitCode()).as(output.err()).isZero();
        assertThat(output.out()).startsWith("3 rows at ").contains(" right of 2 with a label").hasLineCount(1);
        List<String> lines = Files.readAllLines(target);
        assertThat(lines).hasSize(4);
        assertThat(lines.getFirst()).isEqualTo("text\tlabel\tprediction\tnegative\tpositive");
        assertThat(lines.get(1)).matches("The soup was a delight\\.\t1\t[01]\t[01]\\.\\d{6}\t[01]\\.\\d{6}");
        assertThat(lines.get(3)).matches("Who knows\\?\t\t[01]\t.*");
        assertThat(classify("--config", config, "--file", rows.toString(), "--to", target.toString()).err()).contains("exists: name a new file");

        JsonNode json = JsonMapper.shared().readTree(classify("--config", config, "--file", rows.toString(), "--json").out());
        List<String> said = lines.stream().skip(1).map(line -> line.split("\t")[2]).toList();
        assertThat(json.at("/predictions").valueStream().map(JsonNode::asString)).containsExactlyElementsOf(said);
        double right = (said.get(0).equals("1") ? 0.5 : 0) + (said.get(1).equals("0") ? 0.5 : 0);
        assertThat(json.at("/accuracy").asDouble()).isEqualTo(right);
        assertThat(json.at("/labeledRows").asInt()).isEqualTo(2);
        assertThat(json.at("/sentencesPerSecond").asDouble()).isPositive();
    }

    @Test
    void aFileWithoutLabelsIsPrintedWithNothingBetweenItsLines() throws Exception {
        Path rows = Files.writeString(folder.resolve("rows.csv"), "id,review\n1,\"The soup,\nthe bread\"\n2,Fine\n");

        FakeRuns.Output output = classify("--config", config, "--set", "task.textColumns=review", "--file", rows.toString());

        assertThat(output.exitCode()).as(output.err()).isZero();
        assertThat(output.out().lines()).hasSize(3).first().isEqualTo("text\tprediction\tnegative\tpositive");
        assertThat(output.out()).contains("\nThe soup, the bread\t");
        assertThat(output.err()).startsWith("2 rows at ").doesNotContain("label").hasLineCount(1);
        Path unknown = rows("sentence\tlabel\nfine\t-1\n");
        assertThat(classify("--config", config, "--set", "task.labelColumn=", "--file", unknown.toString()).out())
                .startsWith("text\tprediction\tnegative\tpositive").hasLineCount(2);
    }

    @Test
    void badInputIsOneSentenceAndExitCodeTwo() throws Exception {
        Path rows = rows("review\tlabel\nfine\t1\n");
        assertBadInput("has no column named sentence", "classify", MODEL, "--config", config, "--file", rows.toString());
        assertBadInput("the label \"7\" is none of task.labels", "classify", MODEL, "--config", config, "--file",
                rows("sentence\tlabel\nfine\t7\n").toString());
        assertBadInput("nowhere.tsv does not exist", "classify", MODEL, "--config", config, "--file", folder.resolve("nowhere.tsv").toString());
        assertBadInput("its folder does not exist", "classify", MODEL, "--config", config, "--file", rows.toString(), "--to",
                folder.resolve("no/where.tsv").toString());
        assertBadInput("task.kind is generation", "classify", MODEL, "--config", config, "--set", "task.kind=generation",
                "--set", "task.source=files", "--set", "task.train=x", "--text", "x");
        assertBadInput("leave the second text out", "classify", MODEL, "--config", config, "--text", "x", "--pair", "y");
        assertBadInput("does not exist. Name the folder of a run", "classify", MODEL, "--run", folder.resolve("none").toString(), "--text", "x");
        assertBadInput("is not the folder of a run", "classify", MODEL, "--run", MODEL, "--text", "x");
        assertBadInput("does not exist", "classify", folder.resolve("none").toString(), "--config", config, "--text", "x");
        assertBadInput("has no tokenizer.json", "classify", Files.createDirectory(folder.resolve("empty")).toString(), "--config", config,
                "--text", "x");
    }

    @Test
    void wrongUsageSaysWhereHelpIs() {
        for (String[] args : new String[][] {
            {"classify"}, {"classify", MODEL, "--config", config}, {"classify", MODEL, "--text", "x"},
            {"classify", MODEL, "--config", config, "--run", "y", "--text", "x"},
            {"classify", MODEL, "--config", config, "--file", "x.tsv", "--pair", "y"},
            {"classify", MODEL, "--config", config, "--text", "x", "--to", "y"}}) {
            FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), args);
            assertThat(output.exitCode()).as(String.join(" ", args)).isEqualTo(2);
            assertThat(output.err()).as(String.join(" ", args)).contains("--help").doesNotContain("\tat ");
        }
    }

    private Path rows(String text) throws Exception {
        return Files.writeString(folder.resolve("rows.tsv"), text);
    }

    private static String word(FakeRuns.Output output) {
        assertThat(output.exitCode()).as(output.err()).isZero();
        return JsonMapper.shared().readTree(output.out()).at("/word").asString();
    }

    private static FakeRuns.Output classify(String... args) {
        return FakeRuns.execute(FakeRuns.fiveSteps(), Stream.concat(
                Stream.of("classify", MODEL), Arrays.stream(args)).toArray(String[]::new));
    }

    private static void assertBadInput(String words, String... args) {
        FakeRuns.Output output = FakeRuns.execute(FakeRuns.fiveSteps(), args);
        assertThat(output.exitCode()).as(output.err()).isEqualTo(2);
        assertThat(output.err()).contains(words).hasLineCount(1);
    }
}
