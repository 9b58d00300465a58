package org.bitdistillery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bitdistillery.hub.FakeHub;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.platform.SettingsFile;
import org.bitdistillery.run.TrainingNeed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelsCommandTest {

    @TempDir Path home;
    private ModelHub hub;
    private Path model;

    @BeforeEach
    void writeModel() throws Exception {
        hub = new ModelHub(SettingsFile.in(home.resolve("config")), Map.of("HF_HOME", home.resolve("hf").toString()), home, home.resolve("runs"),
                TrainingNeed::of);
        model = Files.createDirectories(home.resolve("tiny"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            try (InputStream in = ModelsCommandTest.class.getResourceAsStream("/starter-teacher/" + file)) {
                Files.copy(in, model.resolve(file));
            }
        }
        Files.writeString(model.resolve("README.md"), "---\nlicense: mit\n---\n");
    }

    @Test
    void modelsAreListedAddedShownAndRemoved() {
        assertThat(models().out()).contains("starter teacher").doesNotContain("tiny");
        assertThat(models("add", model.toString()).out()).contains("with 1 model: tiny.");
        assertThat(models().out()).containsPattern("tiny +llama +2\\.2M +4\\.\\d+ MiB +F16 +mit +trains here");
        assertThat(models("show", "tiny").out()).containsPattern("usable +as a teacher").containsPattern("vocabulary +1,024")
                .containsPattern("license +mit").contains("of memory");
        JsonNode json = JsonMapper.shared().readTree(models("--json").out());
        assertThat(json.get(1).at("/facts/hiddenSize").asInt()).isEqualTo(256);
        assertThat(json.get(1).at("/facts/canTeach").asBoolean()).isTrue();
        assertThat(json.get(1).at("/fit/verdict").asString()).isEqualTo("TRAINS");
        assertThat(models("remove", model.toString()).out()).contains("untouched");
        assertThat(models().out()).doesNotContain("tiny");
    }

    @Test
    void whatIsWrongIsOneSentence() throws Exception {
        Files.delete(model.resolve("tokenizer.json"));
        models("add", model.toString());
        assertThat(models().out()).containsPattern("tiny .*not usable").contains("Not usable:\n  tiny: It has no tokenizer.json.");
        assertBadInput("There is no model org/none", "show", "org/none");
        assertBadInput("does not exist", "add", home.resolve("nowhere").toString());
        assertBadInput("was not added", "remove", "elsewhere");
    }

    @Test
    void aModelIsDownloadedAfterItsFilesAreListed() throws Exception {
        try (FakeHub server = new FakeHub()) {
            String endpoint = "--endpoint=" + server.address();
            FakeRuns.Output listed = models("download", "org/small", endpoint, "--dry-run");
            assertThat(listed.exitCode()).as(listed.err()).isZero();
            assertThat(listed.out()).contains("commit 01234567, license apache-2.0").containsPattern("model.safetensors +4\\.\\d+ MiB");
            assertThat(home.resolve("hf")).doesNotExist();

            FakeRuns.Output done = models("download", "org/small", endpoint);
            assertThat(done.out()).contains("100 %", "teacher.path=org/small");
            assertThat(models().out()).containsPattern("org/small +llama .*apache-2.0 +trains here");

            JsonNode json = JsonMapper.shared().readTree(models("download", "org/small@main", endpoint, "--include=*.json", "--json").out());
            assertThat(json.at("/missingBytes").asLong()).isZero();
            assertThat(json.at("/folder").asString()).endsWith(FakeHub.COMMIT);
            assertThat(json.at("/items").size()).isEqualTo(2);
            assertBadInput("There is no model org/other", "download", "org/other", endpoint);
            assertBadInput("is no name of a model", "download", "small");
        }
    }

    private void assertBadInput(String expected, String... arguments) {
        FakeRuns.Output output = models(arguments);
        assertThat(output.exitCode()).isEqualTo(2);
        assertThat(output.err()).contains(expected).hasLineCount(1);
    }

    private FakeRuns.Output models(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new java.util.ArrayList<>(List.of("models"));
        all.addAll(List.of(arguments));
        Services services =
                new Services(FakeRuns.fiveSteps(), _ -> List.of(), FakeRuns::export, (_, _) -> List.of(), FakeRuns.inspector());
        int exitCode = Cli.execute(services, hub, new PrintWriter(out, true), new PrintWriter(err, true), all);
        return new FakeRuns.Output(exitCode, out.toString(), err.toString());
    }
}
