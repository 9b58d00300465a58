package org.bitdistillery.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDateTime;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.RunEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

    @TempDir Path parent;

    @Test
    void theConfigurationComesBackFromTheFolder() {
        RunFolder folder = FakeWorker.newRun(parent);

        assertThat(RunFolder.open(folder.path()).experiment()).isEqualTo(FakeWorker.EXPERIMENT);
        assertThat(folder.state()).isEqualTo(RunState.NEW);
    }

    @Test
    void aRunIsNotWrittenOverAnotherOne() {
        RunFolder folder = FakeWorker.newRun(parent);

        assertThatThrownBy(() -> RunFolder.create(folder.path(), FakeWorker.EXPERIMENT))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("holds a run already").hasMessageContaining("--resume");
    }

    @Test
    void aFolderWithOtherThingsInItIsLeftAlone() throws Exception {
        Files.writeString(parent.resolve("thesis.tex"), "precious");

        assertThatThrownBy(() -> RunFolder.create(parent, FakeWorker.EXPERIMENT)).hasMessageContaining("is not empty");
    }

    @Test
    void aFileInThePlaceOfTheFolderOrAboveItIsNamed() throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "");

        assertThatThrownBy(() -> RunFolder.create(file, FakeWorker.EXPERIMENT))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("is a file");
        assertThatThrownBy(() -> RunFolder.create(file.resolve("below"), FakeWorker.EXPERIMENT))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("cannot be written");
    }

    @Test
    void modelFoldersAndEmptyFoldersAreNoRuns() throws Exception {
        assertThatThrownBy(() -> RunFolder.open(parent)).hasMessageContaining("is not the folder of a run");
        Files.writeString(parent.resolve("config.json"), "{\"model_type\": \"llama\"}");
        assertThatThrownBy(() -> RunFolder.open(parent)).hasMessageContaining("is not the folder of a run");
        assertThatThrownBy(() -> RunFolder.open(parent.resolve("nowhere"))).hasMessageContaining("does not exist");
    }

    @Test
    void theDefaultPlaceIsNamedByTimeAndExperimentAndStaysInsideItsFolder() {
        LocalDateTime now = LocalDateTime.of(2026, 3, 4, 5, 6, 7);

        assertThat(RunFolder.defaultPath(Path.of("runs"), "My run: λ=10", now))
                .isEqualTo(Path.of("runs", "20260304-050607-My-run-λ-10"));
        assertThat(RunFolder.defaultPath(Path.of("runs"), "../../etc", now).normalize().startsWith("runs")).isTrue();
    }

    @Test
    void withoutAWorkerTheLastEventDecidesTheState() {
        Instant now = Instant.now();
        assertThat(stateAfter(FakeWorker.step(1))).isEqualTo(RunState.INTERRUPTED);
        assertThat(stateAfter(new RunEvent.RunPaused(now))).isEqualTo(RunState.INTERRUPTED);
        assertThat(stateAfter(new RunEvent.RunStopped(now))).isEqualTo(RunState.STOPPED);
        assertThat(stateAfter(new RunEvent.RunFailed(now, null, "why"))).isEqualTo(RunState.FAILED);
        assertThat(stateAfter(new RunEvent.RunFinished(now, 1, FakeWorker.RESULTS))).isEqualTo(RunState.FINISHED);
    }

    @Test
    void onlyAFinishedOrLiveRunCannotBeResumed() {
        assertThat(RunState.values()).filteredOn(RunState::canResume)
                .containsExactly(RunState.NEW, RunState.STOPPED, RunState.FAILED, RunState.INTERRUPTED);
    }

    @Test
    void theNewestRequestIsTheOneThatCounts() throws Exception {
        RunFolder folder = FakeWorker.newRun(parent);
        RunControl reader = folder.control();
        assertThat(reader.requested()).isEqualTo(RunControl.Command.RUN);
        folder.control().request(RunControl.Command.PAUSE);
        folder.control().request(RunControl.Command.STOP);
        Thread.sleep(60);

        assertThat(reader.requested()).isEqualTo(RunControl.Command.STOP);
    }

    @Test
    void aControlFileThatIsGarbageChangesNothing() throws Exception {
        RunFolder folder = FakeWorker.newRun(parent);
        Files.writeString(folder.path().resolve("control.json"), "{\"command\":\"EXPLODE\"}");

        assertThat(folder.control().requested()).isEqualTo(RunControl.Command.RUN);
    }

    @Test
    void theArchiveListsRunsNewestFirstAndPassesBrokenFoldersOver() throws Exception {
        RunFolder older = RunFolder.create(parent.resolve("a"), FakeWorker.EXPERIMENT);
        Files.setLastModifiedTime(older.config(), FileTime.from(Instant.EPOCH));
        RunFolder.create(parent.resolve("b"), FakeWorker.EXPERIMENT);
        Files.createDirectories(parent.resolve("empty"));
        Files.createDirectories(parent.resolve("broken"));
        Files.writeString(parent.resolve("broken/config.json"), "{ not json");
        Files.writeString(parent.resolve("note.txt"), "");

        assertThat(RunArchive.list(parent))
                .extracting(entry -> entry.folder().getFileName().toString())
                .containsExactly("b", "a");
        assertThat(RunArchive.list(parent.resolve("nowhere"))).isEmpty();
    }

    private RunState stateAfter(RunEvent event) {
        RunFolder folder = RunFolder.create(parent.resolve(event.getClass().getSimpleName()), FakeWorker.EXPERIMENT);
        try (EventLog log = EventLog.open(folder.events())) {
            log.append(event);
        }
        return folder.state();
    }
}
