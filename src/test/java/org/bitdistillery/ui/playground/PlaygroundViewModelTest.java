package org.bitdistillery.ui.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.generation.ModelEvent.Candidate;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.pipeline.RunPaths;
import org.bitdistillery.platform.SelfProcess;
import org.bitdistillery.ui.playground.Answer.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The playground without a screen: models in real processes, and one that is a script where only the playground is looked at.
class PlaygroundViewModelTest {

    private static final ModelChoice STARTER = ModelChoice.of(Path.of("resources/starter-teacher"));

    private static final ModelChoice SCRIPT = new ModelChoice("script", "script", "");
    private static final String SPEAKS = """
            echo '{"event":"loaded","format":"F16","embeddingFormat":"F16","weightBytes":1024,"positions":64,"threads":1}'
            while read -r line; do
              case "$line" in
                *'"chat":true'*) echo '{"event":"refused","reason":"It comes without a chat template."}';;
                *) echo '{"event":"piece","text":" good","tokens":1}'
                   echo '{"event":"answered","text":" good","ending":"END_OF_TEXT","tokens":1,"first":[]}';;
              esac
            done
            """;

    /// What the window's thread has to do.
    private final BlockingQueue<Runnable> window = new LinkedBlockingQueue<>();
    private final ObjectProperty<Experiment> experiment = new SimpleObjectProperty<>(ExperimentFile.quickstart());
    private final PlaygroundViewModel model = new PlaygroundViewModel(experiment, PlaygroundViewModelTest::program, window::add);

    private static ProcessBuilder program(String[] arguments) {
        return arguments[1].equals(SCRIPT.path()) ? new ProcessBuilder("sh", "-c", SPEAKS) : SelfProcess.command(arguments);
    }

    @AfterEach
    void close() {
        model.close();
    }

    private void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            Runnable next = window.poll(100, TimeUnit.MILLISECONDS);
            if (next != null) {
                next.run();
            }
        }
    }

    private void ask(String prompt) throws InterruptedException {
        model.promptProperty().set(prompt);
        model.send();
        until(() -> !model.busyProperty().get());
    }

    private Answer answer(int round, int seat) {
        return model.rounds().get(round).answers().get(seat);
    }

    @Test
    void twoModelsAnswerOneAfterTheOtherAndStayLoaded() throws Exception {
        model.seats().getFirst().choiceProperty().set(STARTER);
        model.seats().getLast().choiceProperty().set(STARTER);
        model.sampling().tokensProperty().set("8");
        model.promptProperty().set("The film was");
        model.send();
        assertThat(model.busyProperty().get()).isTrue();
        assertThat(model.promptProperty().get()).isEmpty();
        assertThat(answer(0, 0).phaseProperty().get()).isEqualTo(Phase.LOADING);
        assertThat(answer(0, 1).phaseProperty().get()).isEqualTo(Phase.WAITING);
        until(() -> answer(0, 0).phaseProperty().get() == Phase.DONE);
        assertThat(answer(0, 1).phaseProperty().get()).isNotEqualTo(Phase.DONE);
        until(() -> !model.busyProperty().get());

        assertThat(answer(0, 0).textProperty().get()).isNotBlank().isEqualTo(answer(0, 1).textProperty().get());
        assertThat(answer(0, 0).statusProperty().get()).startsWith("8 tokens · ").endsWith(" · limit reached");
        assertThat(answer(0, 0).factsProperty().get()).startsWith("F16, ").endsWith("MiB");
        assertThat(answer(0, 0).candidates()).hasSize(5);
        assertThat(model.rounds().getFirst().comparison()).startsWith("The same text. Here the right one made ");
        assertThat(model.seats().getFirst().stateProperty().get()).startsWith("In memory, F16");

        ask("It is");
        assertThat(answer(1, 0).phaseProperty().get()).isEqualTo(Phase.DONE);
        model.unload();
        assertThat(model.seats().getFirst().stateProperty().get()).isEmpty();
    }

    @Test
    void anAnswerIsStoppedAndTheNextOneNotBegun() throws Exception {
        model.seats().getFirst().choiceProperty().set(STARTER);
        model.seats().getLast().choiceProperty().set(SCRIPT);
        model.sampling().tokensProperty().set("1000");
        model.sampling().temperatureProperty().set("20");
        model.promptProperty().set("The film was");
        model.send();
        until(() -> answer(0, 0).phaseProperty().get() == Phase.WRITING);
        model.stop();
        until(() -> !model.busyProperty().get());
        assertThat(answer(0, 0).textProperty().get()).isNotEmpty();
        assertThat(answer(0, 0).statusProperty().get()).endsWith("stopped");
        assertThat(answer(0, 1).phaseProperty().get()).isEqualTo(Phase.STOPPED);

        model.promptProperty().set("Again");
        model.unload();
        model.send();
        model.stop();
        assertThat(model.busyProperty().get()).isFalse();
        assertThat(answer(1, 0).statusProperty().get()).isEqualTo("Stopped before it began");
        model.clear();
        assertThat(model.rounds()).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidWhereItIs() throws Exception {
        assertThat(model.canSendProperty().get()).isFalse();
        model.seats().getFirst().choiceProperty().set(new ModelChoice("nowhere", "no/such/folder", ""));
        assertThat(model.seats().getFirst().stateProperty().get()).isEqualTo("Loading");
        until(() -> model.seats().getFirst().failedProperty().get());
        assertThat(model.seats().getFirst().stateProperty().get()).contains("no/such/folder");
        model.seats().getLast().choiceProperty().set(SCRIPT);
        model.sampling().tokensProperty().set("many");
        model.promptProperty().set("The film was");
        model.send();
        assertThat(model.problemProperty().get()).isEqualTo("Tokens at most is “many”. Write a whole number.");
        assertThat(model.promptProperty().get()).isEqualTo("The film was");
        model.sampling().tokensProperty().set("4");
        model.sampling().topPProperty().set("7");
        model.send();
        assertThat(model.problemProperty().get()).startsWith("Top-p is 7.0");
        model.sampling().topPProperty().set("1");

        ask("The film was");
        assertThat(model.problemProperty().get()).isEmpty();
        assertThat(answer(0, 0).phaseProperty().get()).isEqualTo(Phase.FAILED);
        assertThat(answer(0, 0).statusProperty().get()).contains("no/such/folder");
        assertThat(answer(0, 1).phaseProperty().get()).isEqualTo(Phase.DONE);

        model.seats().getFirst().choiceProperty().set(null);
        model.modeProperty().set(PromptMode.CHAT);
        ask("Why?");
        assertThat(model.rounds().getLast().answers()).hasSize(1);
        assertThat(answer(1, 0).statusProperty().get()).contains("chat template");
    }

    @Test
    void textsAreClassifiedByTheTaskOfTheShownExperiment() throws Exception {
        model.seats().getFirst().choiceProperty().set(STARTER);
        model.seats().getLast().choiceProperty().set(STARTER);
        model.modeProperty().set(PromptMode.TASK);
        ask("I loved every minute of it.");
        assertThat(answer(0, 0).phaseProperty().get()).isEqualTo(Phase.DONE);
        assertThat(answer(0, 0).candidates()).extracting(Candidate::text)
                .containsExactlyInAnyOrderElementsOf(experiment.get().task().labels().values());
        assertThat(answer(0, 0).candidates().stream().mapToDouble(Candidate::probability).sum()).isCloseTo(1, within(1e-6));
        assertThat(answer(0, 0).textProperty().get()).isEqualTo(answer(0, 0).candidates().getFirst().text());
        assertThat(answer(0, 0).statusProperty().get()).matches("\\d+ tokens read in .*");
        assertThat(model.rounds().getFirst().comparison()).startsWith("The same label. Here the right one made ");
        assertThat(model.pairsProperty().get()).isFalse();

        experiment.set(ExperimentFile.read(Path.of("sample-configs/cnn-dailymail-stories260k.json")));
        assertThat(model.classifiesProperty().get()).isFalse();
        assertThat(model.modeProperty().get()).isEqualTo(PromptMode.TEXT);
    }

    @Test
    void aProcessThatDiesIsToldAndTheNextPromptStartsAnother() throws Exception {
        int[] starts = {0};
        PlaygroundViewModel fragile = new PlaygroundViewModel(experiment, arguments -> starts[0]++ == 0
                ? new ProcessBuilder("sh", "-c", "read line; kill -9 $$") : program(arguments), window::add);
        fragile.seats().getFirst().choiceProperty().set(SCRIPT);
        fragile.sampling().tokensProperty().set("2");
        for (int i = 0; i < 2; i++) {
            fragile.promptProperty().set("The film was");
            fragile.send();
            until(() -> !fragile.busyProperty().get());
        }
        assertThat(fragile.rounds().get(0).answers().getFirst().statusProperty().get()).contains("for want of memory");
        assertThat(fragile.rounds().get(1).answers().getFirst().phaseProperty().get()).isEqualTo(Phase.DONE);
        fragile.close();
    }

    @Test
    void theShownRunsModelsComeFirstAndNoneTwice(@TempDir Path home) throws Exception {
        Path run = home.resolve("20261128-first");
        Path student = Files.createDirectories(new RunPaths(run).export(ExportStage.Format.HUGGINGFACE));
        Files.createDirectories(run.resolve("export"));
        Files.createFile(run.resolve("export/student.bitd"));
        LibraryModel known = library("student of the run", student.toString());
        LibraryModel other = library("org/other", "/models/other");
        LibraryModel starter = library("starter", "");

        List<ModelChoice> choices = ModelChoice.among(Optional.of(run), List.of(starter, known, other));
        assertThat(choices).extracting(ModelChoice::name).containsExactly("student", "student", "org/other");
        assertThat(choices).extracting(ModelChoice::detail).containsExactly("Run 20261128-first", "Run 20261128-first", "Added folder");
        assertThat(choices.get(1).path()).endsWith("student.bitd");
        assertThat(ModelChoice.among(Optional.empty(), List.of(starter))).isEmpty();
    }

    private static LibraryModel library(String name, String folder) {
        return new LibraryModel(name, LibraryModel.Origin.FOLDER, folder, "", "", null, null);
    }
}
