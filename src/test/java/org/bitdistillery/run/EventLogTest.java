package org.bitdistillery.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.RunEvent.StepDone;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;
import org.bitdistillery.event.WeightHistogram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("events.jsonl");
    }

    @Test
    void everyKindOfEventComesBackAsItWasWritten() {
        Instant at = Instant.parse("2026-01-02T03:04:05.678Z");
        List<RunEvent> events = List.of(
                new RunEvent.RunStarted(at, "näme", 42, List.of(new StagePlan(StageId.PRETRAIN, 10, 0.5))),
                new RunEvent.StageStarted(at, StageId.PRETRAIN, 10, 3, "line\nfeed"),
                new StepDone(at, StageId.PRETRAIN, 4, 128, new Losses(2.5, 2.0, null, 0.5), 1e-3, 0.25, 1234.5),
                new RunEvent.ValidationDone(at, StageId.PRETRAIN, 4, 2.25, null),
                new RunEvent.ResourcesSampled(at, 1L << 40),
                new RunEvent.Progressed(at, StageId.EVALUATE, 0.5, "half"),
                new RunEvent.Noted(at, StageId.TEACHER, "note"),
                new RunEvent.CheckpointSaved(at, StageId.PRETRAIN, 4, "checkpoints/pretrain/step-000004", true),
                new RunEvent.StageFinished(at, StageId.PRETRAIN, 1.5, true),
                new RunEvent.RunPaused(at),
                new RunEvent.RunResumed(at),
                new RunEvent.RunStopped(at),
                new RunEvent.RunFailed(at, null, "sentence"),
                new RunEvent.RunFinished(at, 2, FakeWorker.RESULTS));
        write(events.toArray(RunEvent[]::new));

        assertThat(EventTail.readAll(file)).isEqualTo(events);
    }

    @Test
    void histogramsComeBackWithTheirCounts() {
        WeightHistogram histogram = new WeightHistogram(0.02, LongStream.range(0, 130).toArray(), 0.3, 0.1);
        write(new RunEvent.WeightsSampled(Instant.EPOCH, StageId.DISTILL, 20, "all", histogram, null));

        var sampled = (RunEvent.WeightsSampled) EventTail.readAll(file).getFirst();

        assertThat(sampled.histogram().counts()).isEqualTo(histogram.counts());
        assertThat(sampled.histogram().delta()).isEqualTo(0.02);
    }

    @Test
    void aLossThatIsNoNumberIsKeptAsSuch() {
        write(new StepDone(Instant.EPOCH, StageId.DISTILL, 1, 1, Losses.of(Double.NaN), 0, Double.POSITIVE_INFINITY, 0));

        StepDone step = (StepDone) EventTail.readAll(file).getFirst();

        assertThat(step.losses().total()).isNaN();
        assertThat(step.gradientNorm()).isInfinite();
    }

    @Test
    void aTornLineIsNotReadUntilItIsWhole() throws Exception {
        write(FakeWorker.step(1));
        String second = EventJson.line(FakeWorker.step(2));
        EventTail tail = new EventTail(file);
        append(second.substring(0, 20));
        assertThat(steps(tail.poll())).containsExactly(1L);
        assertThat(tail.poll()).isEmpty();

        append(second.substring(20));

        assertThat(steps(tail.poll())).containsExactly(2L);
    }

    @Test
    void aTailThatSawATornLineReadsOnAfterTheNextWorkerCutItOff() throws Exception {
        write(FakeWorker.step(1));
        append(EventJson.line(FakeWorker.step(2)).substring(0, 30));
        EventTail tail = new EventTail(file);
        assertThat(steps(tail.poll())).containsExactly(1L);

        write(FakeWorker.step(3));

        assertThat(steps(tail.poll())).containsExactly(3L);
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void aTornFirstLineLeavesAnEmptyLog() throws Exception {
        append("{\"event\":\"runSta");
        assertThat(EventLog.lastEvent(file)).isEmpty();

        write();

        assertThat(file).isEmptyFile();
    }

    @Test
    void linesThatAreNoEventsArePassedOver() throws Exception {
        write(FakeWorker.step(1));
        append("\0\0\0\0\n\n{\"event\":\"fromTheFuture\",\"at\":\"2030-01-01T00:00:00Z\"}\n");
        write(FakeWorker.step(2));

        assertThat(steps(EventTail.readAll(file))).containsExactly(1L, 2L);
    }

    @Test
    void aLineLongerThanABlockIsReadWhole() {
        String text = "ö".repeat(1_500_000);
        write(FakeWorker.step(1), new RunEvent.Noted(Instant.EPOCH, null, text), FakeWorker.step(2));

        List<RunEvent> events = EventTail.readAll(file);

        assertThat(events).hasSize(3);
        assertThat(((RunEvent.Noted) events.get(1)).message()).isEqualTo(text);
    }

    @Test
    void theLastEventIsFoundBehindALongLineAndInFrontOfATornOne() throws Exception {
        write(FakeWorker.step(1), new RunEvent.Noted(Instant.EPOCH, null, "x".repeat(200_000)));
        append("{\"event\":");

        assertThat(EventLog.lastEvent(file)).get().isInstanceOf(RunEvent.Noted.class);
    }

    @Test
    void aReaderBesideTwoWritingThreadsSeesEveryEventOnceAndWhole() throws Exception {
        int each = 2000;
        List<Long> seen = new ArrayList<>();
        try (EventLog log = EventLog.open(file)) {
            Thread first = Thread.ofPlatform().start(
                    () -> LongStream.range(0, each).forEach(i -> log.append(FakeWorker.step(i))));
            Thread second = Thread.ofPlatform().start(
                    () -> LongStream.range(each, 2 * each).forEach(i -> log.append(FakeWorker.step(i))));
            EventTail tail = new EventTail(file);
            while (first.isAlive() || second.isAlive()) {
                seen.addAll(steps(tail.poll()));
            }
            seen.addAll(steps(tail.poll()));
        }

        assertThat(seen).hasSize(2 * each).doesNotHaveDuplicates();
        assertThat(seen.stream().filter(step -> step < each)).isSorted();
    }

    @Test
    void aLogThatDoesNotExistYetHasNoEvents() {
        assertThat(new EventTail(file).poll()).isEmpty();
        assertThat(EventLog.lastEvent(file)).isEmpty();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() {
        assertThatThrownBy(() -> EventLog.open(folder.resolve("missing/events.jsonl")))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("events.jsonl cannot be written");
    }

    private void write(RunEvent... events) {
        try (EventLog log = EventLog.open(file)) {
            for (RunEvent event : events) {
                log.append(event);
            }
        }
    }

    private void append(String text) throws Exception {
        Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static List<Long> steps(List<RunEvent> events) {
        return events.stream().map(event -> ((StepDone) event).step()).toList();
    }
}
