package org.bitdistillery.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.stage.Stage;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.ui.chart.CurveChart;
import org.bitdistillery.ui.run.RunPhase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/// The whole way through the window, with a real worker process: run, watch, pause, go on, finish, export.
@ExtendWith(ApplicationExtension.class)
class WorkbenchEndToEndTest {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final String TINY = """
            {"schemaVersion": 1, "name": "tiny",
             "telemetry": {"histogramEvery": 2, "validateEvery": 5, "validationRows": 16, "checkpointEvery": 5},
             "task": {"maxTrainRows": 96, "maxEvaluationRows": 40, "maxTokens": 48},
             "teacher": {"source": "new", "size": "nano", "vocabularySize": 300, "tokens": 8000, "sequenceLength": 32},
             "finetune": {"epochs": 1}, "pretrain": {"tokens": 4000, "sequenceLength": 32}, "distill": {"epochs": 2},
             "baseline": {"epochs": 0.5}, "evaluate": {"samples": 5}, "benchmark": {"enabled": false}}
            """;

    private WorkbenchViewModel workbench;
    private WorkbenchView view;
    private Path folder;

    @Start
    void open(Stage stage) throws Exception {
        folder = Files.createTempDirectory("end-to-end-test");
        workbench = new WorkbenchViewModel(new RunExecutor(), folder.resolve("runs"), Platform::runLater);
        workbench.experiment().load(ExperimentFile.parse(TINY, "tiny.json"), "tiny.json");
        view = new WorkbenchView(workbench);
        view.installIn(stage, new Scene(view, 1000, 900));
        stage.show();
    }

    @AfterEach
    void close() throws Exception {
        on(() -> {
            workbench.stopIfPossible();
            workbench.run().close();
            view.pulses().close();
            return null;
        });
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    void oneRunGoesFromThePressOfRunToAnExportedStudent(FxRobot robot, TestReporter reporter) throws Exception {
        view.pulses().reset();
        robot.interact(() -> robot.lookup("#run").queryButton().fire());
        CurveChart loss = robot.lookup("#loss-chart").queryAs(CurveChart.class);
        await().atMost(PATIENCE).until(() -> on(() -> !loss.curves().isEmpty() && loss.curves().getFirst().raw().size() > 1));
        assertThat(robot.lookup("#stage-rail").tryQuery()).isPresent();
        report(reporter, "longest wait for the window in ms, start of the run");
        view.pulses().reset();

        robot.interact(() -> robot.lookup("#pause").queryButton().fire());
        awaitPhase(RunPhase.PAUSED);
        assertThat(robot.lookup("#pause").queryButton().getText()).isEqualTo("Resume");
        robot.interact(() -> robot.lookup("#pause").queryButton().fire());
        awaitPhase(RunPhase.RUNNING);

        awaitPhase(RunPhase.FINISHED);
        report(reporter, "longest wait for the window in ms, training");
        assertThat(robot.lookup("#results-table .label").queryAllAs(Label.class)).extracting(Label::getText)
                .contains("FP16-SFT", "BitNet-SFT", "BitDistill");
        assertThat(workbench.run().folder().orElseThrow().resultsFile()).exists();

        Path target = folder.resolve("exported");
        robot.interact(view::export);
        await().atMost(PATIENCE).until(() -> robot.lookup("#export-target").tryQuery().isPresent());
        on(() -> {
            robot.lookup("#export-target").queryAs(TextField.class).setText(target.toString());
            robot.lookup("#export-start").queryButton().fire();
            return null;
        });
        await().atMost(PATIENCE).until(() -> Files.exists(target.resolve("model.safetensors")));
        assertThat(target.resolve("config.json")).exists();
        await().atMost(PATIENCE).until(() -> robot.lookup("#export-readings").tryQuery().isPresent());
    }

    private void awaitPhase(RunPhase expected) {
        await().atMost(PATIENCE).until(() -> {
            RunPhase phase = on(() -> workbench.run().phaseProperty().get());
            assertThat(phase == RunPhase.FAILED).as(workbench.run().failureProperty().get()).isFalse();
            return phase == expected;
        });
        WaitForAsyncUtils.waitForFxEvents();
    }

    private static <T> T on(Callable<T> action) throws Exception {
        return WaitForAsyncUtils.asyncFx(action).get();
    }

    private void report(TestReporter reporter, String what) {
        reporter.publishEntry(what, Long.toString(Math.round(view.pulses().longestMillis())));
    }
}
