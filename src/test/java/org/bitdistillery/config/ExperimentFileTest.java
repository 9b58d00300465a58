package org.bitdistillery.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentFileTest {

    private static final String PATH = "\"teacher\": {\"path\": \"some/model\"}";

    @Test
    void whatAFileLeavesOutIsTheDefault() {
        Experiment experiment = ExperimentFile.parse("{" + PATH + ", \"distill\": {\"temperature\": 2}}", "a.json");

        assertThat(experiment.distill().temperature()).isEqualTo(2);
        assertThat(experiment.distill().relationWeight()).isEqualTo(1e5);
        assertThat(experiment.pretrain()).isEqualTo(Experiment.DEFAULTS.pretrain());
    }

    @Test
    void writtenOutItReadsBackTheSame() {
        Experiment experiment = ExperimentFile.quickstart();

        assertThat(ExperimentFile.parse(ExperimentFile.toJson(experiment), "copy.json")).isEqualTo(experiment);
    }

    @Test
    void labelsKeepTheOrderOfTheFile() {
        Experiment experiment =
                ExperimentFile.parse("{" + PATH + ", \"task\": {\"labels\": {\"2\": \"no\", \"0\": \"yes\", \"1\": \"maybe\"}}}", "a.json");

        assertThat(experiment.task().labels().keySet()).containsExactly("2", "0", "1");
    }

    @Test
    void unknownFieldNamesTheNearestOne() {
        assertThatThrownBy(() -> ExperimentFile.parse("{\"distill\": {\"temprature\": 2}}", "a.json"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("a.json: distill.temprature: is not a field of the configuration; the nearest one is distill.temperature.");
    }

    @Test
    void fieldInTheWrongSectionIsPointedToItsPlace() {
        assertThatThrownBy(() -> ExperimentFile.parse("{\"teacher\": {\"logitsWeight\": 2}}", "a.json"))
                .hasMessageContaining("did you mean distill.logitsWeight?");
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        assertThatThrownBy(() -> ExperimentFile.parse(
                        "{\"seed\": -1, \"subln\": {\"placement\": \"some\"}, \"distill\": {\"epochs\": \"three\", \"splitHeads\": 1.5}}", "a.json"))
                .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                        .extracting(ConfigProblem::path)
                        .containsExactly("seed", "subln.placement", "distill.epochs", "distill.splitHeads"));
    }

    @Test
    void numbersOutsideTheirRangeNameLimitAndUnit() {
        assertThatThrownBy(() -> ExperimentFile.parse("{\"pretrain\": {\"sequenceLength\": 4}}", "a.json"))
                .hasMessage("a.json: pretrain.sequenceLength: is 4, but must be at least 8 tokens.");
        assertThatThrownBy(() -> ExperimentFile.parse("{\"distill\": {\"splitHeads\": 1e30}}", "a.json"))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> ExperimentFile.parse("{\"benchmark\": {\"rounds\": 99999999999}}", "a.json"))
                .hasMessageContaining("at most 100");
    }

    @Test
    void malformedJsonNamesLineAndColumn() {
        assertThatThrownBy(() -> ExperimentFile.parse("{\n  \"seed\": 1,\n  \"name\" \"x\"\n}", "a.json"))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("a.json is not valid JSON at line 3, column");
        assertThatThrownBy(() -> ExperimentFile.parse("[1]", "a.json")).hasMessageContaining("does not hold a JSON object");
        assertThatThrownBy(() -> ExperimentFile.parse("{\"seed\": 1, \"seed\": 2}", "a.json")).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> ExperimentFile.parse("", "a.json")).isInstanceOf(InvalidInput.class);
    }

    @Test
    void unreadableFilesGetOneSentence(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> ExperimentFile.read(folder.resolve("none.json"))).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> ExperimentFile.read(folder)).hasMessageContaining("is a folder");
        Path latin = Files.write(folder.resolve("latin.json"), new byte[] {'{', '"', (byte) 0xe9, '"', '}'});
        assertThatThrownBy(() -> ExperimentFile.read(latin)).hasMessageContaining("not UTF-8");
    }

    @Test
    void overridesAreTypedByTheirSetting() {
        Experiment experiment = ExperimentFile.withOverrides(
                ExperimentFile.quickstart(),
                List.of("task.textColumns=a, b", "task.labels=x=good,y=bad", "distill.optimization.learningRate=1e-4", "baseline.enabled=false",
                        "subln.placement=ALL", "pretrain.tokens=5_000"));

        assertThat(experiment.task().textColumns()).containsExactly("a", "b");
        assertThat(experiment.task().labels()).containsExactly(java.util.Map.entry("x", "good"), java.util.Map.entry("y", "bad"));
        assertThat(experiment.distill().optimization().learningRate()).isEqualTo(1e-4);
        assertThat(experiment.baseline().enabled()).isFalse();
        assertThat(experiment.subln().placement()).isEqualTo(SubLnPlacement.ALL);
        assertThat(experiment.pretrain().tokens()).isEqualTo(5000);
    }

    @Test
    void overridesThatDoNotFitSaySo() {
        Experiment quickstart = ExperimentFile.quickstart();
        assertThatThrownBy(() -> ExperimentFile.withOverrides(quickstart, List.of("seed")))
                .hasMessageContaining("write --set path.to.field=value");
        assertThatThrownBy(() -> ExperimentFile.withOverrides(quickstart, List.of("seed=many")))
                .hasMessage("--set: seed: must be a whole number, not \"many\".");
        assertThatThrownBy(() -> ExperimentFile.withOverrides(quickstart, List.of("task.maxTokens=many")))
                .hasMessageContaining("task.maxTokens: must be a whole number of tokens, not");
        assertThatThrownBy(() -> ExperimentFile.withOverrides(quickstart, List.of("sead=1")))
                .hasMessageContaining("the nearest one is seed");
    }

    @Test
    void checksAcrossFieldsNameTheFieldToMend() {
        String noTest = "{" + PATH + ", \"task\": {\"source\": \"files\", \"train\": \"a.tsv\", \"dev\": \"b.tsv\", \"files\": {\"testShare\": 0}}}";
        assertThatThrownBy(() -> ExperimentFile.parse(noTest, "a.json"))
                .hasMessageContaining("task.test: is empty");
        assertThatThrownBy(() -> ExperimentFile.parse("{" + PATH + ", \"task\": {\"prompt\": \"no slot\"}}", "a.json"))
                .hasMessageContaining("task.prompt: must contain {text}");
        assertThatThrownBy(() -> ExperimentFile.parse("{\"teacher\": {\"source\": \"new\"}}", "a.json"))
                .hasMessageContaining("teacher.tokens: is 0");
        assertThatThrownBy(() -> ExperimentFile.parse("{}", "a.json")).hasMessageContaining("teacher.path: is empty");
    }

    @Test
    void settingsOfStageThreeAndOfTheQuantizerAreCheckedTogether() {
        assertThatThrownBy(() -> ExperimentFile.parse("{" + PATH + ", \"distill\": {\"layers\": \"third\"}}", "a.json"))
                .hasMessageContaining("distill.layers: \"third\" chooses no layers: write late, advised, all, or numbers");
        assertThatThrownBy(() -> ExperimentFile.parse("{" + PATH + ", \"quantization\": {\"granularity\": \"block\"}}", "a.json"))
                .hasMessageContaining("export.enabled: is on, but the export format holds weights with one scale a tensor");
        assertThatThrownBy(() -> ExperimentFile.parse("{" + PATH + ", \"evaluate\": {\"trainingFree\": [\"gguf\"]}}", "a.json"))
                .hasMessageContaining("evaluate.trainingFree: names \"gguf\": choose from absmean, gptq, awq, ptqtp");
        assertThatThrownBy(() -> ExperimentFile.parse(
                "{" + PATH + ", \"distill\": {\"logitsTarget\": \"taid\", \"cachedLogits\": 16}}", "a.json"))
                .hasMessageContaining("distill.cachedLogits: cannot serve TAID");
        assertThatThrownBy(() -> ExperimentFile.parse("{" + PATH + ", \"task\": {\"prompt\": \"{text} {pair}\"}}", "a.json"))
                .hasMessageContaining("task.pairColumns: is empty, but task.prompt has {pair}");
        assertThatThrownBy(() -> ExperimentFile.parse("{" + PATH + ", \"task\": {\"kind\": \"generation\"}}", "a.json"))
                .hasMessageContaining("task.source: is starter, which is a classification");
    }

    @Test
    void layersAreChosenByWordOrNumber() {
        assertThat(LayerChoice.parse("late").of(28)).containsExactly(21);
        assertThat(LayerChoice.parse("all").of(3)).containsExactly(0, 1, 2);
        assertThat(LayerChoice.parse(" 4,2, 2 ").of(5)).containsExactly(2, 4);
        assertThatThrownBy(() -> LayerChoice.parse("5").of(5)).hasMessageContaining("Choose at most 4");
    }

    @Test
    void everySettingHasALabelAndADefaultInsideItsRange() {
        var defaults = ExperimentFile.tree(Experiment.DEFAULTS);
        assertThat(Settings.all()).hasSizeGreaterThan(60).allSatisfy(setting -> {
            assertThat(setting.label()).isNotBlank();
            var value = defaults.at("/" + setting.path().replace('.', '/'));
            assertThat(value.isMissingNode()).as(setting.path()).isFalse();
            if (value.isNumber()) {
                assertThat(value.asDouble()).as(setting.path()).isBetween(setting.min(), setting.max());
            }
        });
    }
}
