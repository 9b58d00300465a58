package org.bitdistillery.ui.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.bitdistillery.hub.FakeHub;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.hub.SmallModels;
import org.bitdistillery.hub.SparseModels;
import org.bitdistillery.platform.SettingsFile;
import org.bitdistillery.ui.models.DownloadViewModel.State;
import org.bitdistillery.run.TrainingNeed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page's logic, without a screen; what takes time happens at once.
class ModelsViewModelTest {

    @TempDir Path home;
    private FakeHub server;
    private ModelsViewModel models;

    @BeforeEach
    void open() throws Exception {
        server = new FakeHub();
        models = new ModelsViewModel(hub(), Runnable::run, Runnable::run);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    @Test
    void theFirstLookSelectsTheFirstModel() {
        models.open();
        assertThat(models.count()).isEqualTo(1);
        assertThat(models.selectedProperty().get().name()).isEqualTo("starter teacher");
        assertThat(ModelText.badge(models.selectedProperty().get())).isEqualTo(new ModelText.Badge("Trains here", "good"));
    }

    @Test
    void searchAndFilterNarrowTheListAndTheSelectionFollows() throws Exception {
        SparseModels.qwen3(home.resolve("mine/Qwen3-0.6B"), 151_936, 1024, 28, 16, 8, 128, 3072);
        SmallModels.write(home.resolve("mine/tiny"));
        models.addFolder(home.resolve("mine"));
        assertThat(models.shown()).hasSize(3);
        assertThat(models.selectedProperty().get().name()).isEqualTo("mine/Qwen3-0.6B");
        LibraryModel qwen = models.selectedProperty().get();
        assertThat(qwen.facts().problem()).isNull();
        assertThat(qwen.facts().parameters()).as("counted by Qwen's own card as 0.6B").isEqualTo(596_049_920L);
        assertThat(qwen.facts().size()).isEqualTo("596M");

        models.queryProperty().set("LLAMA tiny");
        assertThat(models.shown()).extracting(LibraryModel::name).containsExactly("mine/tiny");
        assertThat(models.selectedProperty().get().name()).isEqualTo("mine/tiny");
        models.queryProperty().set("nothing like it");
        assertThat(models.selectedProperty().get()).isNull();
        models.queryProperty().set("");
        models.filterProperty().set(ModelsViewModel.Filter.HUB);
        assertThat(models.shown()).isEmpty();
        models.filterProperty().set(ModelsViewModel.Filter.ALL);
        models.forget(qwen);
        assertThat(models.count()).isEqualTo(1);
        assertThat(home.resolve("mine/tiny/model.safetensors")).exists();
    }

    @Test
    void aFolderWithoutModelsIsASentence() throws Exception {
        models.addFolder(Files.createDirectories(home.resolve("empty")));
        assertThat(models.problemProperty().get()).contains("holds no model");
        models.refresh();
        assertThat(models.problemProperty().get()).isEmpty();
    }

    @Test
    void aDownloadIsListedThenFetchedThenSelected() {
        DownloadViewModel download = models.download();
        download.nameProperty().set("org/small");
        download.list();
        assertThat(download.problemProperty().get()).isEmpty();
        assertThat(download.stateProperty().get()).isEqualTo(State.LISTED);
        assertThat(download.rows()).hasSize(4);
        long all = download.missingBytes();
        DownloadViewModel.Row card = download.rows().stream().filter(row -> row.item().file().path().equals("README.md")).findFirst().orElseThrow();
        card.wanted().set(false);
        assertThat(download.missingBytes()).isEqualTo(all - card.item().file().size());

        download.download();

        assertThat(download.stateProperty().get()).isEqualTo(State.DONE);
        assertThat(download.progressProperty().get().fraction()).isEqualTo(1);
        LibraryModel model = models.selectedProperty().get();
        assertThat(model.name()).isEqualTo("org/small");
        assertThat(model.teacherPath()).isEqualTo("org/small");
        assertThat(Path.of(model.folder(), "README.md")).doesNotExist();
        download.startOver();
        assertThat(download.stateProperty().get()).isEqualTo(State.NAMING);
    }

    @Test
    void whatFailsIsASentenceAndCanBeTriedAgain() {
        DownloadViewModel download = models.download();
        download.nameProperty().set("org/other");
        download.list();
        assertThat(download.stateProperty().get()).isEqualTo(State.FAILED);
        assertThat(download.problemProperty().get()).startsWith("There is no model org/other");
        download.nameProperty().set("not a name");
        assertThat(download.problemProperty().get()).isEmpty();
        download.list();
        assertThat(download.problemProperty().get()).contains("is no name of a model");

        download.nameProperty().set("org/small");
        server.next("revision/main", (_, answer) -> answer.empty(403));
        download.retry();
        assertThat(download.problemProperty().get()).contains("is gated");
        download.retry();
        assertThat(download.stateProperty().get()).isEqualTo(State.LISTED);
    }

    @Test
    void aCancelledDownloadGoesOnLater() throws Exception {
        byte[] weights = server.content("model.safetensors");
        // The state itself is too short-lived for the server's thread to be sure to see it.
        AtomicBoolean cancelled = new AtomicBoolean();
        server.next("/cdn/model.safetensors", (_, answer) -> {
            answer.head(200, "Content-Length: " + weights.length);
            answer.out().write(weights, 0, 500_000);
            answer.out().flush();
            Awaitility.await().untilTrue(cancelled);
        });
        models = new ModelsViewModel(hub(), task -> Thread.ofVirtual().start(task), Runnable::run);
        DownloadViewModel download = models.download();
        download.nameProperty().set("org/small");
        download.list();
        Awaitility.await().until(() -> download.stateProperty().get() == State.LISTED);
        download.download();
        Awaitility.await().until(() -> server.requestsFor("/cdn/model.safetensors").size() == 1);
        download.cancel();
        Awaitility.await().until(() -> download.stateProperty().get() == State.CANCELLED);
        cancelled.set(true);
        assertThat(download.problemProperty().get()).isEmpty();
        download.retry();
        Awaitility.await().until(() -> download.stateProperty().get() == State.DONE);
    }

    private ModelHub hub() {
        return new ModelHub(SettingsFile.in(home.resolve("config")),
                Map.of("HF_HOME", home.resolve("hf").toString(), "HF_ENDPOINT", server.address().toString()), home, home.resolve("runs"),
                TrainingNeed::of);
    }
}
