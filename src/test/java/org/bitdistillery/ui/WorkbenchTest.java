package org.bitdistillery.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.ToggleButton;
import javafx.stage.Stage;
import org.bitdistillery.config.SettingDescriptor;
import org.bitdistillery.event.StageId;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.ui.SyntheticRun.Until;
import org.bitdistillery.ui.chart.CurveChart;
import org.bitdistillery.ui.chart.HistogramChart;
import org.bitdistillery.ui.experiment.FormSection;
import org.bitdistillery.ui.run.RunPhase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/// The window itself, without a display and without training.
@ExtendWith(ApplicationExtension.class)
class WorkbenchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private WorkbenchViewModel workbench;
    private WorkbenchView view;
    private Path runs;

    @Start
    void open(Stage stage) throws Exception {
        runs = Files.createTempDirectory("workbench-test");
        workbench = new WorkbenchViewModel(new RunExecutor(), runs, Platform::runLater);
        view = new WorkbenchView(workbench);
        view.installIn(stage, new Scene(view, 1000, 900));
        stage.show();
    }

    @AfterEach
    void close() throws Exception {
        on(() -> {
            workbench.run().close();
            view.pulses().close();
            return null;
        });
        try (Stream<Path> files = Files.walk(runs)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void theQuickStartIsLoadedAndCanBeRun(FxRobot robot) {
        assertThat(robot.lookup("#experiment-name").queryAs(Label.class).getText()).isEqualTo("quickstart");
        assertThat(robot.lookup("#run").queryButton().isDisabled()).isFalse();
        assertThat(robot.lookup("#pause").queryButton().isDisabled()).isTrue();
        assertThat(robot.lookup("#stop").queryButton().isDisabled()).isTrue();
    }

    @Test
    void everySettingOfEveryPageHasAControl(FxRobot robot) throws Exception {
        for (FormSection section : FormSection.all()) {
            on(() -> {
                workbench.rail().selectedProperty().set(section);
                view.applyCss();
                view.layout();
                return null;
            });
            for (SettingDescriptor setting : section.settings()) {
                String id = "#field-" + setting.path().replace('.', '-');
                assertThat(robot.lookup(id).tryQuery()).as(setting.path()).isPresent();
            }
        }
    }

    @Test
    void aWrongNumberIsExplainedUnderItsFieldAndBlocksTheRun(FxRobot robot) throws Exception {
        robot.interact(() -> robot.lookup("#rail-distill").queryAs(ToggleButton.class).fire());
        TextInputControl temperature = robot.lookup("#field-distill-temperature").queryTextInputControl();
        robot.interact(() -> temperature.setText("hot"));
        assertThat(robot.lookup("#message-distill-temperature").queryAs(Label.class).getText()).contains("number");
        assertThat(robot.lookup("#run").queryButton().isDisabled()).isTrue();
        robot.interact(() -> temperature.setText("4.5"));
        assertThat(robot.lookup("#message-distill-temperature").queryAs(Label.class).isVisible()).isFalse();
        assertThat(robot.lookup("#run").queryButton().isDisabled()).isFalse();
        assertThat(workbench.experiment().experimentProperty().get().distill().temperature()).isEqualTo(4.5);
        robot.interact(() -> robot.lookup("#reset-distill-temperature").queryButton().fire());
        assertThat(temperature.getText()).isEqualTo("5");
    }

    @Test
    void aFinishedRunShowsItsCurvesWeightsAndResults(FxRobot robot) throws Exception {
        Path folder = SyntheticRun.write(runs.resolve("finished"), Until.FINISHED);
        openRun(folder, RunPhase.FINISHED);
        assertThat(robot.lookup("#samples-table").queryAs(TableView.class).getItems()).hasSize(20);
        assertThat(robot.lookup("#results-table .label").queryAllAs(Label.class)).extracting(Label::getText)
                .contains("FP16-SFT", "BitNet-SFT", "BitDistill", "93.4 %", "2.33×");
        assertThat(robot.lookup("#export").queryButton().isDisabled()).isFalse();
        robot.interact(() -> robot.lookup("#tab-live").queryAs(ToggleButton.class).setSelected(true));
        WaitForAsyncUtils.waitForFxEvents();
        assertThat(workbench.live().stageProperty().get()).isEqualTo(StageId.DISTILL);
        CurveChart loss = robot.lookup("#loss-chart").queryAs(CurveChart.class);
        assertThat(loss.curves()).extracting(curve -> curve.name())
                .containsExactly("Total", "Cross-entropy", "Logits", "Relation", "Validation");
        assertThat(loss.curves().getFirst().raw().size()).isEqualTo(400);
        assertThat(robot.lookup("#weights-chart").queryAs(HistogramChart.class).histogram()).isNotNull();
        assertThat(robot.lookup("#weights-boundary").queryAs(Label.class).getText()).endsWith("%");
    }

    @Test
    void partsOfTheLossCanBeHidden(FxRobot robot) throws Exception {
        openRun(SyntheticRun.write(runs.resolve("finished"), Until.FAILED), RunPhase.FAILED);
        robot.interact(() -> robot.lookup("#loss-part-relation-loss").queryAs(ToggleButton.class).fire());
        assertThat(robot.lookup("#loss-chart").queryAs(CurveChart.class).curves()).extracting(curve -> curve.name())
                .doesNotContain("Relation").contains("Logits");
    }

    @Test
    void aFailureIsABannerWithAWayOn(FxRobot robot) throws Exception {
        openRun(SyntheticRun.write(runs.resolve("failed"), Until.FAILED), RunPhase.FAILED);
        assertThat(robot.lookup("#notice-text").queryAs(Label.class).getText()).startsWith("The worker ran out of memory.");
        assertThat(robot.lookup("#notice-action").queryAs(Button.class).getText()).isEqualTo("Resume");
    }

    @Test
    void theSettingsOfARunAreLockedUntilACopyIsEdited(FxRobot robot) throws Exception {
        openRun(SyntheticRun.write(runs.resolve("finished"), Until.FINISHED), RunPhase.FINISHED);
        assertThat(robot.lookup("#field-name").queryTextInputControl().isDisabled()).isTrue();
        robot.interact(() -> robot.lookup("#edit-copy").queryButton().fire());
        assertThat(robot.lookup("#field-name").queryTextInputControl().isDisabled()).isFalse();
        assertThat(robot.lookup("#start-page").tryQuery()).isPresent();
    }

    @Test
    void aFolderWithoutARunIsASentence(FxRobot robot) throws Exception {
        on(() -> {
            workbench.openRun(runs.resolve("nowhere"));
            return null;
        });
        assertThat(robot.lookup("#notice-text").queryAs(Label.class).getText()).contains("nowhere").contains("does not exist");
    }

    @Test
    void everythingThatCanBePressedHasAName(FxRobot robot) {
        List<String> nameless = robot.lookup(".button").queryAllAs(Button.class).stream()
                .filter(button -> button.getParent() != null && button.getParent().getStyleClass().contains("top-bar"))
                .filter(button -> button.getId() == null || button.getTooltip() == null).map(Button::getText).toList();
        assertThat(nameless).isEmpty();
    }

    @Test
    void lightAndDarkCanBeSwitched(FxRobot robot) {
        Supplier<String> colors = () -> view.getScene().getStylesheets().getFirst();
        assertThat(colors.get()).endsWith("light.css");
        robot.interact(() -> robot.lookup("#theme").queryButton().fire());
        assertThat(colors.get()).endsWith("dark.css");
    }

    private void openRun(Path folder, RunPhase expected) throws Exception {
        on(() -> {
            workbench.openRun(folder);
            return null;
        });
        await().atMost(PATIENCE).until(() -> on(() -> workbench.run().phaseProperty().get()) == expected);
        WaitForAsyncUtils.waitForFxEvents();
    }

    private static <T> T on(Callable<T> action) throws Exception {
        return WaitForAsyncUtils.asyncFx(action).get();
    }
}
