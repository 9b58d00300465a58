package org.bitdistillery.ui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import org.bitdistillery.hub.FakeHub;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.hub.SmallModels;
import org.bitdistillery.hub.SparseModels;
import org.bitdistillery.platform.SettingsFile;
import org.bitdistillery.run.TrainingNeed;
import org.bitdistillery.ui.models.DownloadViewModel;
import org.bitdistillery.ui.models.DownloadViewModel.State;
import org.bitdistillery.ui.models.ModelsViewModel;

/// States of the models page that are worth a picture.
enum ModelsScene {
    EMPTY, LIST, UNUSABLE, NAMING, LISTED, BUSY, STRIP, FAILED, DONE;

    private static final String COMMIT = "c1899de289a04d12100db370d81485cdf75e47ca";

    String fileName() {
        return "models-" + name().toLowerCase(java.util.Locale.ROOT);
    }

    ModelHub hub(Path home, FakeHub server) throws IOException {
        if (this != EMPTY && Files.notExists(home)) {
            fill(home);
        }
        if (this == BUSY || this == STRIP) {
            byte[] weights = server.content("model.safetensors");
            server.next("/cdn/model.safetensors", (_, answer) -> {
                answer.head(200, "Content-Length: " + weights.length);
                for (int sent = 0; sent < weights.length / 2; sent += 100_000) {
                    answer.out().write(weights, sent, 100_000);
                    answer.out().flush();
                    pause(100);
                }
                pause(6000);
            });
        }
        SettingsFile settings = SettingsFile.in(home.resolve("config"));
        ModelHub hub = new ModelHub(settings,
                Map.of("HF_HOME", home.resolve("hf").toString(), "HF_ENDPOINT", server.address().toString()), home, home.resolve("runs"),
                TrainingNeed::of);
        if (this != EMPTY) {
            hub.library().add(home.resolve("my models"));
        }
        return hub;
    }

    private static void fill(Path home) throws IOException {
        Path cache = home.resolve("hf/hub");
        SparseModels.qwen3(snapshot(cache, "models--Qwen--Qwen3-0.6B"), 151_936, 1024, 28, 16, 8, 128, 3072);
        SparseModels.qwen3(snapshot(cache, "models--Qwen--Qwen3-1.7B"), 151_936, 2048, 28, 16, 8, 128, 6144);
        SparseModels.qwen3(snapshot(cache, "models--Qwen--Qwen3-14B"), 151_936, 5120, 40, 40, 8, 128, 17_408);
        Path tiny = SmallModels.write(home.resolve("my models/tiny-stories"));
        Files.writeString(tiny.resolve("README.md"), "---\nlicense: mit\n---\n");
        Path code = SmallModels.write(home.resolve("my models/strange-7B"));
        Files.writeString(code.resolve("config.json"), Files.readString(code.resolve("config.json")).replace("\"model_type\"",
                "\"auto_map\": {\"AutoModelForCausalLM\": \"modeling_strange.StrangeForCausalLM\"}, \"model_type\""));
    }

    private static Path snapshot(Path cache, String model) throws IOException {
        Path snapshot = Files.createDirectories(cache.resolve(model).resolve("snapshots").resolve(COMMIT));
        Files.createDirectories(cache.resolve(model).resolve("refs"));
        Files.writeString(cache.resolve(model).resolve("refs/main"), COMMIT);
        Files.writeString(snapshot.resolve("README.md"), "---\nlicense: apache-2.0\n---\n");
        return snapshot;
    }

    void begin(ModelsViewModel models, Scene scene) {
        DownloadViewModel download = models.download();
        switch (this) {
            case EMPTY -> { }
            case LIST -> models.selectedProperty().set(models.shown().stream()
                    .filter(model -> model.name().endsWith("1.7B")).findFirst().orElseThrow());
            case UNUSABLE -> models.selectedProperty().set(models.shown().stream()
                    .filter(model -> !model.facts().isUsable()).findFirst().orElseThrow());
            case NAMING -> ((Button) scene.lookup("#download-model")).fire();
            default -> {
                if (this != STRIP) {
                    ((Button) scene.lookup("#download-model")).fire();
                }
                download.nameProperty().set(this == FAILED ? "org/other" : "org/small");
                download.list();
            }
        }
    }

    boolean isThere(ModelsViewModel models) {
        return switch (this) {
            case LISTED, BUSY, STRIP, DONE -> models.download().stateProperty().get() == State.LISTED;
            case FAILED -> models.download().stateProperty().get() == State.FAILED;
            default -> true;
        };
    }

    void goOn(ModelsViewModel models) {
        if (this == BUSY || this == STRIP || this == DONE) {
            models.download().download();
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
