package org.bitdistillery.ui.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javafx.application.Platform;
import org.awaitility.Awaitility;
import org.bitdistillery.bench.Reports;
import org.bitdistillery.bench.SyntheticShape;
import org.bitdistillery.bench.report.ReportFolder;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.ui.benchmark.BenchmarkViewModel.Phase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxToolkit;

class BenchmarkViewModelTest {

    private final List<BenchmarkJob> jobs = new ArrayList<>();
    private BenchmarkTask.Work work = (_, _) -> Reports.synthetic();

    @TempDir
    Path folder;

    @BeforeAll
    static void startToolkit() throws Exception {
        FxToolkit.registerPrimaryStage();
    }

    private BenchmarkViewModel model() throws Exception {
        return on(() -> new BenchmarkViewModel(task -> Thread.ofVirtual().start(task), job -> {
            jobs.add(job);
            return (listener, cancelled) -> work.run(listener, cancelled);
        }));
    }

    @Test
    void whatIsChosenIsMeasuredAndShown() throws Exception {
        BenchmarkViewModel model = model();
        assertThat(on(model.canStartProperty()::get)).isFalse();
        on(() -> {
            model.add("runs/one");
            model.add("runs/one");
            model.shapeProperty().set(SyntheticShape.QWEN3_0_6B);
            model.promptsProperty().set("32, 64");
            model.roundsProperty().set("7");
            model.sweepProperty().set(true);
            model.llamaProperty().set(" /opt/llama-bench ");
            assertThat(model.canStartProperty().get()).isTrue();
            model.start();
            return null;
        });
        await(model, Phase.FINISHED);
        assertThat(jobs).singleElement().satisfies(job -> {
            assertThat(job.models()).containsExactly("runs/one");
            assertThat(job.shape()).contains(SyntheticShape.QWEN3_0_6B);
            assertThat(job.options().prompts()).containsExactly(32, 64);
            assertThat(job.options().rounds()).isEqualTo(7);
            assertThat(job.options().threads()).startsWith(1).endsWith(Runtime.getRuntime().availableProcessors());
            assertThat(job.llama()).contains(Path.of("/opt/llama-bench"));
        });
        assertThat(model.reportProperty().get().models()).hasSize(3);
        assertThat(on(() -> model.export(folder.resolve("report")))).isEqualTo("The report is in " + folder.resolve("report") + ".");
        BenchmarkViewModel other = model();
        on(() -> {
            other.open(folder.resolve("report").resolve(ReportFolder.JSON));
            return null;
        });
        assertThat(other.reportProperty().get()).isEqualTo(model.reportProperty().get());
    }

    @Test
    void aFailureIsASentenceAndTheLastReportStays() throws Exception {
        BenchmarkViewModel model = model();
        start(model);
        await(model, Phase.FINISHED);
        work = (_, _) -> {
            throw new InvalidInput("The benchmark of student failed: the file is damaged.");
        };
        start(model);
        await(model, Phase.FAILED);
        assertThat(model.messageProperty().get()).isEqualTo("The benchmark of student failed: the file is damaged.");
        assertThat(model.reportProperty().get()).isNotNull();
        on(() -> {
            model.roundsProperty().set("many");
            model.start();
            return null;
        });
        assertThat(model.messageProperty().get()).startsWith("Rounds is “many”.");
        on(() -> {
            model.roundsProperty().set("0");
            model.start();
            return null;
        });
        assertThat(model.messageProperty().get()).startsWith("A benchmark's rounds is 0");
        assertThat(jobs).hasSize(2);
    }

    @Test
    void progressIsToldAndStoppingStops() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        work = (listener, cancelled) -> {
            listener.measured(3, 20, "round 1/5 student");
            told.countDown();
            while (!cancelled.getAsBoolean()) {
                Thread.onSpinWait();
            }
            ended.countDown();
            return null;
        };
        BenchmarkViewModel model = model();
        start(model);
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        Awaitility.await().until(() -> on(() -> model.messageProperty().get()).equals("round 1/5 student"));
        assertThat(on(() -> model.taskProperty().get().getProgress())).isEqualTo(0.15);
        on(() -> {
            model.cancel();
            return null;
        });
        await(model, Phase.STOPPED);
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(model.taskProperty().get()).isNull();
    }

    private static void start(BenchmarkViewModel model) throws Exception {
        on(() -> {
            model.add("models/one");
            model.start();
            return null;
        });
    }

    private static void await(BenchmarkViewModel model, Phase phase) {
        Awaitility.await().until(() -> on(() -> model.phaseProperty().get()) == phase);
    }

    private static <T> T on(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        Platform.runLater(task);
        return task.get(20, TimeUnit.SECONDS);
    }
}
