package org.bitdistillery.ui.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.input.KeyCode;
import javafx.scene.text.Text;
import javafx.stage.Stage;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.ui.WorkbenchView;
import org.bitdistillery.ui.WorkbenchViewModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;

/// The page in the window, with a model in a process of its own.
@ExtendWith(ApplicationExtension.class)
class PlaygroundPageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Path home;
    private WorkbenchViewModel workbench;
    private WorkbenchView view;

    @Start
    void open(Stage stage) throws Exception {
        home = Files.createTempDirectory("playground-page-test");
        workbench = new WorkbenchViewModel(new RunExecutor(), home.resolve("runs"), Platform::runLater);
        view = new WorkbenchView(workbench);
        view.installIn(stage, new Scene(view, 1280, 800));
        stage.show();
    }

    @AfterEach
    void close(FxRobot robot) throws Exception {
        robot.interact(() -> {
            view.pulses().close();
            workbench.playground().close();
        });
        AtomicFiles.deleteFolder(home);
    }

    @Test
    void aPromptIsTypedAndSentAndTheAnswerIsThere(FxRobot robot) {
        robot.interact(() -> view.showPage("playground"));
        assertThat(robot.lookup("#playground-placeholder").tryQuery()).isPresent();
        Button send = robot.lookup("#playground-send").queryButton();
        assertThat(send.isDisabled()).isTrue();
        robot.interact(() -> {
            workbench.playground().seats().getFirst().choiceProperty().set(ModelChoice.of(Path.of("resources/starter-teacher")));
            workbench.playground().seats().getLast().choiceProperty().set(new ModelChoice("lost", "no/such/model", ""));
            robot.lookup("#playground-tokens").queryTextInputControl().setText("-5");
            robot.lookup("#playground-prompt").queryTextInputControl().requestFocus();
        });
        robot.write("The film was", 0).press(KeyCode.SHIFT).type(KeyCode.ENTER).release(KeyCode.SHIFT).write("good", 0).type(KeyCode.ENTER);
        Label problem = robot.lookup("#playground-problem").queryAs(Label.class);
        assertThat(problem.getText()).startsWith("-5 tokens were asked for.");
        assertThat(problem.isVisible()).isTrue();

        robot.interact(() -> robot.lookup("#playground-tokens").queryTextInputControl().setText("5"));
        assertThat(send.isDisabled()).isFalse();
        robot.interact(send::fire);
        assertThat(problem.isVisible()).isFalse();
        assertThat(robot.lookup(".round-prompt-text").queryAs(Label.class).getText()).isEqualTo("The film was\ngood");
        await().atMost(PATIENCE).until(() -> send.getText().equals("Send"));
        Answer answer = workbench.playground().rounds().getFirst().answers().getFirst();
        assertThat(robot.lookup(".answer-text").queryAllAs(Text.class)).extracting(Text::getText).contains(answer.textProperty().get());
        assertThat(robot.lookup(".token-chip").queryAll()).isNotEmpty();
        assertThat(robot.lookup(".answer-status").queryAllAs(Label.class)).extracting(Label::getText)
                .anyMatch(text -> text.startsWith("5 tokens · ")).anyMatch(text -> text.contains("no/such/model"));

        robot.interact(() -> robot.lookup("#playground-clear").queryButton().fire());
        assertThat(robot.lookup("#playground-placeholder").tryQuery()).isPresent();
    }
}
