package org.bitdistillery.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.bench.NamedModel;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.hub.HubCache;
import org.bitdistillery.inference.TinyModels;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTargetsTest {

    @TempDir
    Path folder;

    @Test
    void modelsAreNamedByTheirWeightsUnlessTheUserNamesThem() throws IOException {
        Path plain = model("plain", LinearMode.FULL);
        Path packed = model("packed", LinearMode.TERNARY_FROZEN);
        Path gguf = Files.createFile(folder.resolve("deploy.gguf"));

        assertThat(ModelTargets.named(List.of(plain.toString(), packed.toString(), "other=" + plain, gguf.toString(), "tq2=" + gguf)))
                .containsExactly(new NamedModel("fp16", plain), new NamedModel("student", packed), new NamedModel("other", plain),
                        new NamedModel("deploy", gguf), new NamedModel("tq2", gguf));
        assertThatThrownBy(() -> ModelTargets.named(List.of(plain.toString(), plain.toString())))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("Two models are called fp16");
        assertThatThrownBy(() -> ModelTargets.named(List.of(folder.resolve("nowhere").toString()))).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> ModelTargets.named(List.of(folder.resolve("no.gguf").toString()))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("no.gguf does not exist or is no file");
    }

    @Test
    void aDownloadedModelIsFoundByItsNameAndOurEngineTakesGgufFilesToo() throws IOException {
        Path snapshot = model("models--org--small/snapshots/" + "a".repeat(40), LinearMode.FULL);
        Path gguf = Files.createFile(folder.resolve("deploy.gguf"));

        List<NamedModel> models = ModelTargets.named(
                List.of("org/small", gguf.toString(), "own:" + gguf, "mine=own:" + gguf), new HubCache(folder));

        assertThat(models).containsExactly(new NamedModel("small", snapshot), new NamedModel("deploy", gguf, true),
                new NamedModel("deploy here", gguf, false), new NamedModel("mine", gguf, false));
        assertThatThrownBy(() -> ModelTargets.named(List.of("org/other"), new HubCache(folder)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("models download org/other");
        assertThatThrownBy(() -> ModelTargets.named(List.of("own:" + folder), new HubCache(folder)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining(folder + " does not exist or is no file");
    }

    @Test
    void aRunBringsItsTwoModelsAndItsGgufExports() throws IOException {
        Path run = folder.resolve("run");
        RunFolder.create(run, ExperimentFile.quickstart());
        Path gguf = Files.createDirectories(run.resolve("export/gguf")).resolve("student-tq2_0.gguf");
        Files.createFile(gguf);
        assertThat(ModelTargets.named(List.of(run.toString()))).extracting(NamedModel::name)
                .containsExactly("fp16", "student", "student-tq2_0");
    }

    private Path model(String name, LinearMode mode) throws IOException {
        Path path = Files.createDirectories(folder.resolve(name));
        ConfigJson.write(path, TinyModels.architecture(SubLnPlacement.PAPER, true), mode, DType.F16);
        return path;
    }
}
