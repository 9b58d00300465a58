package org.bitdistillery.ui.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bitdistillery.analysis.Metric;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.run.RunFolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Without a screen: a single thread stands for that of the window.
class RunViewModelTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path runs;

    private final ExecutorService window = Executors.newSingleThreadExecutor();
    private RunViewModel run;

    @AfterEach
    void end() {
        onWindow(() -> run.close());
        window.shutdown();
    }

    @Test
    void aRunOfThePastIsRebuiltFromItsLog() throws IOException {
        Path folder = runs.resolve("past");
        RunFolder past = RunFolder.create(folder, ExperimentFile.quickstart());
        log(past, started(), step(1, 0.9), step(2, 0.7), new RunEvent.RunFinished(Instant.now(), 2, null));
        run = new RunViewModel(new RunExecutor(), runs, window);
        onWindow(() -> run.open(folder));
        awaitPhase(RunPhase.FINISHED);
        assertThat(run.history().curve(StageId.FINETUNE, Metric.TOTAL_LOSS).points().y()).containsExactly(0.9, 0.7);
        assertThat(run.experimentProperty().get()).isEqualTo(ExperimentFile.quickstart());
    }

    @Test
    void aFailedRunSaysWhyAndCanBeResumed() throws IOException {
        Path folder = runs.resolve("failed");
        log(RunFolder.create(folder, ExperimentFile.quickstart()), started(), step(1, 0.9),
                new RunEvent.RunFailed(Instant.now(), StageId.FINETUNE, "Out of memory: lower the batch size."));
        run = new RunViewModel(new RunExecutor(), runs, window);
        onWindow(() -> run.open(folder));
        awaitPhase(RunPhase.FAILED);
        assertThat(run.failureProperty().get()).isEqualTo("Out of memory: lower the batch size.");
        assertThat(run.phaseProperty().get().canResume()).isTrue();
    }

    @Test
    void aRunThatGoesOnIsFollowedThroughPauseAndCrash() throws IOException {
        Path ready = runs.resolve("ready");
        run = new RunViewModel(new RunExecutor(_ -> sleeper()), Files.createDirectories(ready), window);
        onWindow(() -> run.start(ExperimentFile.quickstart()));
        assertThat(run.phaseProperty().get()).isEqualTo(RunPhase.STARTING);
        RunFolder folder = run.folder().orElseThrow();
        log(folder, started(), step(1, 0.9));
        awaitPhase(RunPhase.RUNNING);
        onWindow(() -> run.pause());
        assertThat(run.phaseProperty().get()).isEqualTo(RunPhase.PAUSING);
        log(folder, new RunEvent.RunPaused(Instant.now()));
        awaitPhase(RunPhase.PAUSED);
        onWindow(() -> run.goOn());
        log(folder, new RunEvent.RunResumed(Instant.now()));
        awaitPhase(RunPhase.RUNNING);
        ProcessHandle.current().children().filter(child -> child.info().command().orElse("").endsWith("sleep"))
                .forEach(ProcessHandle::destroyForcibly);
        awaitPhase(RunPhase.FAILED);
        assertThat(run.failureProperty().get()).isNotBlank();
    }

    private static ProcessBuilder sleeper() {
        return new ProcessBuilder("sleep", "60");
    }

    private static RunEvent started() {
        return new RunEvent.RunStarted(Instant.now(), "test", 1, List.of(new StagePlan(StageId.FINETUNE, 10, 1)));
    }

    private static RunEvent step(long step, double loss) {
        return new RunEvent.StepDone(Instant.now(), StageId.FINETUNE, step, 10 * step, Losses.of(loss), 1e-3, 1, 100);
    }

    private static void log(RunFolder folder, RunEvent... events) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (RunEvent event : events) {
            lines.append(JSON.writeValueAsString(event)).append('\n');
        }
        Files.writeString(folder.events(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void awaitPhase(RunPhase phase) {
        await().atMost(PATIENCE).until(() -> run.phaseProperty().get() == phase);
        onWindow(() -> { });
    }

    private void onWindow(Runnable action) {
        try {
            Future<?> done = window.submit(action);
            done.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
