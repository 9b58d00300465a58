package org.bitdistillery.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.hub.LibraryModel.Origin;
import org.bitdistillery.hub.ModelFacts.Kind;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.platform.SettingsFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ModelLibraryTest {

    /// Worked out from the starter teacher's config.json: embedding 1,024 × 256; 3 blocks of four 256 × 256 and three
    /// 256 × 512 matrices and two norms of 256; a last norm of 256.
    private static final long STARTER_PARAMETERS = 1024 * 256 + 3 * (4 * 256 * 256 + 3 * 256 * 512 + 2 * 256) + 256;

    @TempDir Path home;
    private Path cache;
    private ModelLibrary library;

    @BeforeEach
    void openLibrary() {
        cache = home.resolve("hub");
        library = new ModelLibrary(SettingsFile.in(home.resolve("config")), new HubCache(cache), home.resolve("runs"),
                _ -> new DistillNeed(1 << 20, 1 << 20));
    }

    @Test
    void anEmptyMachineHasTheStarterTeacherAndItsFactsAreThoseOfItsFiles() {
        LibraryModel starter = library.models().getFirst();

        assertThat(library.models()).hasSize(1);
        assertThat(starter.origin()).isEqualTo(Origin.STARTER);
        assertThat(starter.facts().problem()).isNull();
        assertThat(starter.facts().canTeach()).isTrue();
        assertThat(starter.facts().parameters()).isEqualTo(STARTER_PARAMETERS);
        assertThat(starter.facts().types()).containsExactly("F16");
        assertThat(starter.facts().layers()).isEqualTo(3);
        assertThat(starter.facts().hiddenSize()).isEqualTo(256);
        assertThat(starter.facts().vocabulary()).isEqualTo(1024);
        assertThat(starter.fit().verdict()).isEqualTo(MemoryFit.Verdict.TRAINS);
    }

    @Test
    void theCacheOfOtherToolsIsReadInPlace() throws Exception {
        SmallModels.cache(cache, "org/small", SmallModels.COMMIT, "main", "refs/pr/1");
        Path older = SmallModels.cache(cache, "org/small", "0".repeat(40), "v1");

        List<LibraryModel> models = cached();

        assertThat(models).extracting(LibraryModel::name).containsExactly("org/small@v1", "org/small");
        assertThat(models.getLast().revision()).isEqualTo(SmallModels.COMMIT);
        assertThat(models).allMatch(model -> model.facts().canTeach());
        assertThat(new HubCache(cache).folder("org/small@v1")).isEqualTo(older);
        assertThat(new HubCache(cache).folder("org/small@refs/pr/1")).endsWith(Path.of(SmallModels.COMMIT));
        assertThat(new HubCache(cache).folder("some/where/deeper")).isEqualTo(Path.of("some/where/deeper"));
        assertThatThrownBy(() -> new HubCache(cache).folder("org/other")).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("There is no model org/other on this machine").hasMessageContaining("models download org/other");
    }

    @Test
    void aSnapshotWhoseDownloadDidNotEndSaysSo() throws Exception {
        Path snapshot = SmallModels.cache(cache, "org/small", SmallModels.COMMIT, "main");
        Files.delete(snapshot.resolve("model.safetensors").toRealPath());

        assertThat(cached().getFirst().facts().problem()).contains("model.safetensors leads nowhere", "Download the model again");
        assertThat(cached().getFirst().facts().vocabulary()).isEqualTo(1024);
    }

    @Test
    void foldersAreRememberedAndForgottenAndTheirFilesStay() throws Exception {
        Path models = home.resolve("my models");
        SmallModels.write(models.resolve("llama").resolve("tiny"));
        SmallModels.write(models.resolve("other"));

        assertThat(library.add(models)).extracting(LibraryModel::name).containsExactly("my models/llama/tiny", "my models/other");
        library.add(models);
        ModelLibrary reopened = new ModelLibrary(SettingsFile.in(home.resolve("config")), new HubCache(cache), home.resolve("runs"),
                _ -> new DistillNeed(1 << 20, 1 << 20));
        assertThat(reopened.models()).extracting(LibraryModel::name)
                .containsExactly("starter teacher", "my models/llama/tiny", "my models/other");
        assertThat(reopened.find("my models/other").folder()).isEqualTo(models.resolve("other").toString());

        reopened.remove(models.toString());
        assertThat(library.models()).hasSize(1);
        assertThat(models.resolve("other").resolve("model.safetensors")).exists();
        assertThatThrownBy(() -> library.remove(models.toString())).hasMessageContaining("was not added");
    }

    @Test
    void aFolderWithoutAModelIsNotAddedAndAVanishedOneIsNamed() throws Exception {
        Path empty = Files.createDirectories(home.resolve("empty"));
        assertThatThrownBy(() -> library.add(empty)).isInstanceOf(InvalidInput.class).hasMessageContaining("holds no model");
        assertThatThrownBy(() -> library.add(home.resolve("nowhere"))).hasMessageContaining("does not exist");

        Path disk = SmallModels.write(home.resolve("disk"));
        library.add(disk);
        org.bitdistillery.platform.AtomicFiles.deleteFolder(disk);
        assertThat(library.models().getLast().facts().problem()).contains("not there any more");
    }

    @Test
    void resultsOfRunsAreToldFromOtherModels() throws Exception {
        Path run = home.resolve("runs").resolve("20260101-first");
        SmallModels.write(run.resolve("models").resolve("fp16-sft"));
        SmallModels.write(run.resolve("checkpoints").resolve("distill").resolve("step-10"));
        Files.writeString(run.resolve("events.jsonl"), "");
        Files.writeString(run.resolve("config.json"), "{\"schemaVersion\": 1}");

        assertThat(library.models().getLast().name()).isEqualTo("20260101-first/models/fp16-sft");
        assertThat(library.models().getLast().origin()).isEqualTo(Origin.RUN);
        assertThat(library.models()).hasSize(2);
    }

    @Test
    void thePublishedBitNetNamesCodeThatNobodyNeeds() throws Exception {
        assertThat(ConfigJson.foreignCode(JsonMapper.shared().readTree("""
                {"model_type": "bitnet", "auto_map": {"AutoModelForCausalLM": "modeling_bitnet.BitNetForCausalLM"}}"""))).isNull();
    }

    @Test
    void whatStandsInTheWayIsOneSentence() throws Exception {
        assertProblem("needs code", Kind.FULL_PRECISION, "modeling_evil.EvilModel", folder -> edit(folder, "\"model_type\"",
                "\"auto_map\": {\"AutoModelForCausalLM\": \"modeling_evil.EvilModel\"}, \"model_type\""));
        assertProblem("pickle", Kind.FULL_PRECISION, "pytorch_model.bin, a pickle file", folder -> {
            Files.delete(folder.resolve("model.safetensors"));
            Files.writeString(folder.resolve("pytorch_model.bin"), "cos\nsystem\n");
        });
        assertProblem("no tokenizer", Kind.FULL_PRECISION, "has no tokenizer.json", folder -> Files.delete(folder.resolve("tokenizer.json")));
        assertProblem("no config", Kind.UNKNOWN, "weights, but no config.json", folder -> Files.delete(folder.resolve("config.json")));
        assertProblem("other family", Kind.FULL_PRECISION, "gpt_neox",
                folder -> edit(folder, "\"model_type\" : \"llama\"", "\"model_type\" : \"gpt_neox\""));
        assertProblem("quantized", Kind.QUANTIZED, "gptq",
                folder -> edit(folder, "\"model_type\"", "\"quantization_config\": {\"quant_method\": \"gptq\"}, \"model_type\""));
        assertProblem("shards", Kind.FULL_PRECISION, "1 of 2 weight files are missing, the first is model-00002-of-00002.safetensors", folder -> {
            Files.move(folder.resolve("model.safetensors"), folder.resolve("model-00001-of-00002.safetensors"));
            Files.writeString(folder.resolve("model.safetensors.index.json"), """
                    {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}""");
        });
        assertProblem("shard elsewhere", Kind.FULL_PRECISION, "lies elsewhere", folder -> {
            Files.delete(folder.resolve("model.safetensors"));
            Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"../../secret.safetensors\"}}");
        });
        assertProblem("cut off", Kind.FULL_PRECISION, "the download was cut off", folder -> Files.write(folder.resolve("model.safetensors"),
                java.util.Arrays.copyOf(SmallModels.content("model.safetensors"), 100_000)));
        assertProblem("contradiction", Kind.FULL_PRECISION, "do not belong together",
                folder -> edit(folder, "\"vocab_size\" : 1024", "\"vocab_size\" : 2048"));
        assertProblem("no json", Kind.UNKNOWN, "is not valid JSON", folder -> Files.writeString(folder.resolve("config.json"), "{"));
    }

    @Test
    void licensesComeFromTheCardOrTheFile() throws Exception {
        Path model = SmallModels.write(home.resolve("licensed"));
        assertThat(ModelReader.read(model).license()).isNull();
        Files.writeString(model.resolve("LICENSE"), "\n                Apache License\n          Version 2.0, January 2004\n");
        assertThat(ModelReader.read(model).license()).isEqualTo("apache-2.0");
        Files.writeString(model.resolve("README.md"), "---\nlanguage: en\nlicense: other\nlicense_name: llama3.2\n---\n# Model\nlicense: mit\n");
        assertThat(ModelReader.read(model).license()).isEqualTo("llama3.2");
        Files.writeString(model.resolve("README.md"), "---\nlicense:\n- mit\n- cc-by-4.0\n---\n");
        assertThat(ModelReader.read(model).license()).isEqualTo("mit, cc-by-4.0");
    }

    @Test
    void memoryNeedsFollowFromTheShape() {
        ModelFacts facts = new ModelFacts("qwen3", Kind.FULL_PRECISION, 596_049_920L, 1_192_135_096L, null, List.of("BF16"), 151_936, 28, 1024,
                3072, 40_960, 2048, "apache-2.0", null);
        DistillNeed need = new DistillNeed(20L << 30, 8L << 30);
        MemoryFit fit = MemoryFit.of(facts, need, 24L << 30);

        assertThat(facts.size()).isEqualTo("596M");
        // 2 bytes a parameter, 28 layers × 2,048 floats × 1,024 tokens of cache, 300 MiB of program.
        assertThat(fit.inferenceBytes()).isEqualTo(2 * 596_049_920L + 4L * 28 * 2048 * 1024 + (300L << 20));
        assertThat(MemoryFit.of(facts, need, 32L << 30).verdict()).isEqualTo(MemoryFit.Verdict.TRAINS);
        assertThat(fit.verdict()).isEqualTo(MemoryFit.Verdict.TRAINS_TIGHTLY);
        assertThat(MemoryFit.of(facts, need, 16L << 30).verdict()).isEqualTo(MemoryFit.Verdict.TRAINS_SAVING);
        assertThat(MemoryFit.of(facts, need, 8L << 30).verdict()).isEqualTo(MemoryFit.Verdict.RUNS);
        assertThat(MemoryFit.of(facts, DistillNeed.UNKNOWN, 32L << 30).verdict()).isEqualTo(MemoryFit.Verdict.RUNS);
        assertThat(MemoryFit.of(facts, need, 1L << 30).verdict()).isEqualTo(MemoryFit.Verdict.TOO_LARGE);
    }

    @Test
    void theRealCheckpointOfTheSharedFolderIsATeacher() {
        Path stories = Path.of("../shared/data/models/stories260K");
        Assumptions.assumeTrue(Files.isDirectory(stories), "../shared/data/models/stories260K is not there");
        ModelFacts facts = library.find(stories.toString()).facts();
        assertThat(facts.parameters()).isEqualTo(260_032);
        assertThat(facts.canTeach()).as(facts.problem()).isTrue();
        assertThat(facts.vocabulary()).isEqualTo(512);
    }

    private interface Damage {
        void to(Path folder) throws IOException;
    }

    private void assertProblem(String name, Kind kind, String expected, Damage damage) throws IOException {
        Path folder = SmallModels.write(home.resolve(name));
        damage.to(folder);
        ModelFacts facts = ModelReader.read(folder);
        assertThat(facts.problem()).as(name).contains(expected).doesNotContain("\n", "Exception");
        assertThat(facts.kind()).as(name).isEqualTo(kind);
        assertThat(facts.canTeach()).as(name).isFalse();
    }

    private static void edit(Path folder, String from, String to) throws IOException {
        Path config = folder.resolve("config.json");
        String text = Files.readString(config);
        assertThat(text).contains(from);
        Files.writeString(config, text.replace(from, to));
    }

    private List<LibraryModel> cached() {
        return library.models().stream().filter(model -> model.origin() == Origin.CACHE).toList();
    }
}
