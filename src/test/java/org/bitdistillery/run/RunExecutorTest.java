package org.bitdistillery.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.RunEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Workers here are real processes; only what they work on is pretended.
class RunExecutorTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir Path parent;
    private final List<RunHandle> handles = new ArrayList<>();
    private Path path;

    @BeforeEach
    void name() {
        path = parent.resolve("a run");
    }

    /// The worker, and whoever watches it, write into the folder for as long as they are there.
    @AfterEach
    void endTheWorkerThatATestLeft() throws Exception {
        new RunFolder(path).workerProcess().flatMap(ProcessHandle::of)
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .ifPresent(ProcessHandle::destroyForcibly);
        for (RunHandle handle : handles) {
            end(handle);
        }
    }

    @Test
    void aRunGoesFromStartToFinish() throws Exception {
        RunHandle run = start("10");
        assertThat(run.state()).isIn(RunState.RUNNING, RunState.FINISHED);

        assertThat(end(run)).isEqualTo(new RunHandle.End(RunState.FINISHED, ""));
        assertThat(steps(run)).isEqualTo(10);
    }

    @Test
    void aPausedRunTakesNoStepsUntilItIsResumed() throws Exception {
        RunHandle run = start("100000");
        await().atMost(SOON).until(() -> steps(run) > 3);
        run.pause();
        await().atMost(SOON).until(() -> run.state() == RunState.PAUSED);
        long steps = steps(run);
        Thread.sleep(1200);
        assertThat(steps(run)).isEqualTo(steps);
        assertThat(run.state()).isEqualTo(RunState.PAUSED);

        run.resume();

        await().atMost(SOON).until(() -> steps(run) > steps && run.state() == RunState.RUNNING);
        run.stop();
        assertThat(end(run).state()).isEqualTo(RunState.STOPPED);
    }

    @Test
    void aPausedRunCanBeStopped() throws Exception {
        RunHandle run = start("100000");
        run.pause();
        await().atMost(SOON).until(() -> run.state() == RunState.PAUSED);

        run.stop();

        assertThat(end(run).state()).isEqualTo(RunState.STOPPED);
    }

    @Test
    void aWorkerThatIsKilledLeavesAnInterruptedRunAndAReason() throws Exception {
        RunHandle run = start("100000");
        await().atMost(SOON).until(() -> steps(run) > 3);

        kill();

        RunHandle.End end = end(run);
        assertThat(end.state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(end.reason()).contains("killed from outside", "resume");
        assertThat(run.folder().failure()).contains(end.reason());
    }

    @Test
    void aNativeCrashIsToldAsOne() throws Exception {
        assertThat(end(start("crash")).reason()).contains("crashed in native code (exit code 134)");
    }

    @Test
    void aWorkerThatGivesUpBeforeItsFirstEventIsQuoted() throws Exception {
        assertThat(end(start("exit"))).isEqualTo(new RunHandle.End(RunState.INTERRUPTED, "The worker has nothing to do here."));
    }

    @Test
    void aFailureThatTheWorkerReportsIsHandedOn() throws Exception {
        assertThat(end(start("invalid"))).isEqualTo(new RunHandle.End(RunState.FAILED, "dev.tsv has no rows. Give it some."));
    }

    @Test
    void aRunWithoutItsWindowCanBeAttachedToAndItsDeathIsNoticed() throws Exception {
        RunHandle starter = start("100000");
        await().atMost(SOON).until(() -> steps(starter) > 0);
        RunHandle other = watched(new RunExecutor().attach(path));
        assertThat(other.state()).isEqualTo(RunState.RUNNING);
        other.pause();
        await().atMost(SOON).until(() -> starter.state() == RunState.PAUSED);

        kill();

        assertThat(end(other).state()).isIn(RunState.INTERRUPTED, RunState.FAILED);
        assertThat(end(other).reason()).isNotBlank();
    }

    @Test
    void aRunThatIsOverIsAttachedToAsSuch() throws Exception {
        end(start("3"));

        assertThat(end(new RunExecutor().attach(path))).isEqualTo(new RunHandle.End(RunState.FINISHED, ""));
    }

    @Test
    void aSecondWorkerIsRefused() {
        RunHandle run = start("100000");
        await().atMost(SOON).until(() -> steps(run) > 0);

        assertThatThrownBy(() -> new RunExecutor().resume(path)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("Another worker (process ").hasMessageContaining("is at");
        assertThatThrownBy(() -> Worker.work(run.folder(), FakeWorker.job("1"), _ -> { })).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("Another worker");
        assertThat(run.state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void anInterruptedRunIsResumed() throws Exception {
        RunHandle first = start("100000");
        await().atMost(SOON).until(() -> steps(first) > 3);
        kill();
        end(first);

        RunHandle second = watched(executor("5").resume(path));

        assertThat(end(second).state()).isEqualTo(RunState.FINISHED);
    }

    private RunHandle start(String what) {
        return watched(executor(what).start(FakeWorker.EXPERIMENT, path));
    }

    private RunHandle watched(RunHandle run) {
        handles.add(run);
        return run;
    }

    private static RunExecutor executor(String what) {
        return new RunExecutor(folder -> FakeWorker.process(folder, what));
    }

    private static RunHandle.End end(RunHandle run) throws Exception {
        return run.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private void kill() {
        long worker = new RunFolder(path).workerProcess().orElseThrow();
        ProcessHandle.of(worker).orElseThrow().destroyForcibly();
    }

    private static long steps(RunHandle run) {
        List<RunEvent> events = EventTail.readAll(run.folder().events());
        return events.stream().filter(RunEvent.StepDone.class::isInstance).count();
    }
}
