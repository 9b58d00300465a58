package org.bitdistillery.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.RunEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerTest {

    @TempDir Path parent;
    private final List<RunEvent> heard = new ArrayList<>();

    @Test
    void whatIsHeardIsWhatStandsInTheLog() {
        RunFolder folder = FakeWorker.newRun(parent);

        Worker.Outcome outcome = Worker.work(folder, FakeWorker.job("20"), heard::add);

        assertThat(outcome.state()).isEqualTo(RunState.FINISHED);
        assertThat(outcome.results()).isEqualTo(FakeWorker.RESULTS);
        assertThat(EventTail.readAll(folder.events())).isEqualTo(heard);
        assertThat(heard.getLast()).isInstanceOf(RunEvent.RunFinished.class);
        assertThat(heard).anyMatch(RunEvent.ResourcesSampled.class::isInstance);
        assertThat(folder.state()).isEqualTo(RunState.FINISHED);
        assertThat(folder.environment()).content().contains("\"cpu\"", "\"seed\" : 1", "\"openMpWait\"");
    }

    @Test
    void somethingTheUserCanMendIsTheFailureWordForWord() {
        RunFolder folder = FakeWorker.newRun(parent);

        Worker.Outcome outcome = Worker.work(folder, FakeWorker.job("invalid"), heard::add);

        assertThat(outcome.state()).isEqualTo(RunState.FAILED);
        assertThat(outcome.message()).isEqualTo("dev.tsv has no rows. Give it some.");
        assertThat(folder.state()).isEqualTo(RunState.FAILED);
        assertThat(folder.failure()).contains(outcome.message());
    }

    @Test
    void aBugIsOneSentenceForTheUserAndAStackTraceInTheLog() {
        RunFolder folder = FakeWorker.newRun(parent);

        Worker.Outcome outcome = Worker.work(folder, FakeWorker.job("bug"), heard::add);

        assertThat(outcome.message()).contains("Distillation", "index 7 is one too many", "worker.log").doesNotContain("\n");
        assertThat(folder.log()).content().contains("IllegalStateException", "at org.bitdistillery.run.FakeWorker");
    }

    @Test
    void missingMemoryComesWithTheSettingsToLower() {
        Worker.Outcome outcome = Worker.work(FakeWorker.newRun(parent), FakeWorker.job("memory"), heard::add);

        assertThat(outcome.message()).contains("memory did not suffice", "batch size");
    }

    @Test
    void aStoppedRunCanBeTakenUpAgainAndItsLogGoesOn() {
        RunFolder folder = FakeWorker.newRun(parent);
        Worker.Outcome first = Worker.work(folder, FakeWorker.job("1000"), event -> {
            heard.add(event);
            if (event instanceof RunEvent.StepDone step && step.step() == 3) {
                folder.control().request(RunControl.Command.STOP);
            }
        });
        assertThat(first.state()).isEqualTo(RunState.STOPPED);
        assertThat(heard.getLast()).isInstanceOf(RunEvent.RunStopped.class);
        assertThat(folder.state()).isEqualTo(RunState.STOPPED);

        Worker.Outcome second = Worker.work(RunFolder.openToResume(folder.path()), FakeWorker.job("5"), heard::add);

        assertThat(second.state()).isEqualTo(RunState.FINISHED);
        assertThat(EventTail.readAll(folder.events())).isEqualTo(heard);
    }

    @Test
    void aFinishedRunIsNotResumed() {
        RunFolder folder = FakeWorker.newRun(parent);
        Worker.work(folder, FakeWorker.job("1"), heard::add);

        assertThatThrownBy(() -> RunFolder.openToResume(folder.path())).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("finished already");
        assertThatThrownBy(() -> Worker.work(folder, FakeWorker.job("1"), heard::add)).hasMessageContaining("finished already");
    }

    @Test
    void aBrokenConfigurationStopsBeforeAnythingIsWritten() throws Exception {
        RunFolder folder = FakeWorker.newRun(parent);
        Files.writeString(folder.config(), "{\"sed\": 1}");

        assertThatThrownBy(() -> Worker.work(folder, FakeWorker.job("1"), heard::add))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("seed");

        assertThat(folder.events()).doesNotExist();
    }
}
