package org.bitdistillery.ui.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.control.ToggleButton;
import javafx.stage.Stage;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.hub.FakeHub;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.platform.SettingsFile;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.ui.WorkbenchView;
import org.bitdistillery.ui.WorkbenchViewModel;
import org.bitdistillery.ui.playground.ModelChoice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/// The page in the window, against a hub on this machine.
@ExtendWith(ApplicationExtension.class)
class ModelsPageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private FakeHub server;
    private Path home;
    private WorkbenchViewModel workbench;
    private WorkbenchView view;

    @Start
    void open(Stage stage) throws Exception {
        server = new FakeHub();
        home = Files.createTempDirectory("models-page-test");
        workbench = new WorkbenchViewModel(new RunExecutor(), home.resolve("runs"), hub(), Platform::runLater);
        view = new WorkbenchView(workbench);
        view.installIn(stage, new Scene(view, 1280, 800));
        stage.show();
    }

    @AfterEach
    void close() throws Exception {
        on(() -> {
            view.pulses().close();
            workbench.playground().close();
            return null;
        });
        server.close();
        AtomicFiles.deleteFolder(home);
    }

    @Test
    void aModelIsDownloadedAndBecomesTheTeacher(FxRobot robot) throws Exception {
        robot.interact(() -> view.showPage("models"));
        TableView<?> table = robot.lookup("#models-table").queryTableView();
        await().atMost(PATIENCE).until(() -> on(() -> table.getItems().size()) == 1);
        robot.interact(() -> robot.lookup("#download-model").queryButton().fire());
        robot.interact(() -> robot.lookup("#download-name").queryTextInputControl().setText("org/none"));
        robot.interact(() -> robot.lookup("#download-list").queryButton().fire());
        await().atMost(PATIENCE).until(() -> robot.lookup("#model-problem").tryQuery().isPresent());
        assertThat(robot.lookup("#model-problem").queryAs(Label.class).getText()).startsWith("There is no model org/none");

        robot.interact(() -> robot.lookup("#download-name").queryTextInputControl().setText("org/small"));
        robot.interact(() -> robot.lookup("#download-list").queryButton().fire());
        await().atMost(PATIENCE).until(() -> on(() -> robot.lookup("#download-files").queryTableView().getItems().size()) == 4);
        assertThat(robot.lookup("#download-start").queryButton().getText()).isEqualTo("Download 4.29 MiB");
        robot.interact(() -> robot.lookup("#download-start").queryButton().fire());
        await().atMost(PATIENCE).until(() -> on(() -> table.getItems().size()) == 2);

        assertThat(robot.lookup("#download-start").queryButton().getText()).isEqualTo("Show the model");
        robot.interact(() -> robot.lookup("#download-start").queryButton().fire());
        assertThat(robot.lookup("#model-name").queryAs(Label.class).getText()).isEqualTo("org/small");
        robot.interact(() -> robot.lookup("#use-as-teacher").queryButton().fire());
        TeacherStage teacher = workbench.experiment().experimentProperty().get().teacher();
        assertThat(teacher.source()).isEqualTo(TeacherStage.Source.FOLDER);
        assertThat(teacher.path()).isEqualTo("org/small");
        assertThat(robot.lookup("#field-teacher-path").queryTextInputControl().getText()).isEqualTo("org/small");
        assertThat(robot.lookup("#page-distill").queryAs(ToggleButton.class).isSelected()).isTrue();

        robot.interact(() -> view.showPage("models"));
        robot.interact(() -> robot.lookup("#ask-model").queryButton().fire());
        assertThat(robot.lookup("#page-playground").queryAs(ToggleButton.class).isSelected()).isTrue();
        assertThat(robot.lookup("#playground-first").queryComboBox().getValue()).hasToString(
                ModelChoice.of(workbench.models().selectedProperty().get()).toString());
    }

    @Test
    void theThemeIsRemembered(FxRobot robot) throws Exception {
        robot.interact(() -> robot.lookup("#theme").queryButton().fire());
        assertThat(hub().settings().read().theme()).isEqualTo("DARK");
        WorkbenchView reopened = on(() -> {
            WorkbenchView again = new WorkbenchView(new WorkbenchViewModel(new RunExecutor(), home.resolve("runs"), hub(), Platform::runLater));
            again.installIn(new Stage(), new Scene(again, 1000, 800));
            again.pulses().close();
            return again;
        });
        assertThat(reopened.getScene().getStylesheets().getFirst()).endsWith("dark.css");
    }

    private ModelHub hub() {
        return new ModelHub(SettingsFile.in(home.resolve("config")),
                Map.of("HF_HOME", home.resolve("hf").toString(), "HF_ENDPOINT", server.address().toString()), home, home.resolve("runs"));
    }

    private static <T> T on(Callable<T> action) throws Exception {
        return WaitForAsyncUtils.asyncFx(action).get();
    }
}
