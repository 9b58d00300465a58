package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.RunEvent.ResourcesSampled;
import org.bitdistillery.event.RunEvent.RunFailed;
import org.bitdistillery.event.RunEvent.RunStarted;
import org.bitdistillery.event.RunEvent.StageStarted;
import org.bitdistillery.event.RunEvent.StepDone;
import org.bitdistillery.event.RunEvent.ValidationDone;
import org.bitdistillery.event.RunEvent.WeightsSampled;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;
import org.bitdistillery.event.WeightHistogram;
import org.junit.jupiter.api.Test;

class RunHistoryTest {

    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
    private static final StageId STAGE = StageId.DISTILL;

    private final RunHistory history = new RunHistory();

    @Test
    void onlyThePartsThatAStageHasBecomeCurves() {
        start(0);
        step(1, new Losses(3, 1.0, 0.2, null));
        assertThat(history.curve(STAGE, Metric.LOGITS_LOSS).points().y()).containsExactly(0.2);
        assertThat(history.curve(STAGE, Metric.RELATION_LOSS).isEmpty()).isTrue();
        assertThat(history.trainedStages()).containsExactly(STAGE);
    }

    @Test
    void aResumedStageForgetsTheStepsAfterItsCheckpoint() {
        start(0);
        for (int step = 1; step <= 5; step++) {
            step(step, Losses.of(step));
            sample(step, 0.1 * step);
        }
        accept(new ValidationDone(T0, STAGE, 4, 0.5, 0.9));
        start(3);
        assertThat(history.curve(STAGE, Metric.TOTAL_LOSS).points().x()).containsExactly(1, 2, 3);
        assertThat(history.curve(STAGE, Metric.VALIDATION_LOSS).isEmpty()).isTrue();
        assertThat(history.weights(STAGE, "all").orElseThrow().snapshots()).hasSize(3);
        step(4, Losses.of(40));
        assertThat(history.curve(STAGE, Metric.TOTAL_LOSS).last()).isEqualTo(40);
    }

    @Test
    void histogramsAreThinnedButTheFirstAndTheNewestStay() {
        start(0);
        for (int step = 1; step <= 1000; step++) {
            sample(step, 0.3);
        }
        List<WeightHistory.Snapshot> snapshots = history.weights(STAGE, "all").orElseThrow().snapshots();
        assertThat(snapshots.size()).isBetween(16, 32);
        assertThat(snapshots.getFirst().step()).isEqualTo(1);
        assertThat(snapshots.getLast().step()).isEqualTo(1000);
    }

    @Test
    void aNewWorkerClearsTheFailureOfTheLastOne() {
        accept(new RunStarted(T0, "run", 1, List.of(new StagePlan(STAGE, 10, 1))));
        accept(new RunFailed(T0, STAGE, "The worker ran out of memory."));
        assertThat(history.failure()).contains("The worker ran out of memory.");
        accept(new RunStarted(T0, "run", 2, List.of(new StagePlan(STAGE, 10, 1))));
        assertThat(history.failure()).isEmpty();
    }

    @Test
    void thePeakOfMemoryIsKept() {
        accept(new ResourcesSampled(T0, 100));
        accept(new ResourcesSampled(T0.plusSeconds(1), 900));
        accept(new ResourcesSampled(T0.plusSeconds(2), 300));
        assertThat(history.peakMemory()).isEqualTo(900);
        assertThat(history.memory().points().x()).containsExactly(0, 1, 2);
    }

    private void start(long step) {
        accept(new StageStarted(T0, STAGE, 10, step, ""));
    }

    private void step(long step, Losses losses) {
        accept(new StepDone(T0, STAGE, step, step, losses, 1e-3, 1, 1));
    }

    private void sample(long step, double zeroFraction) {
        accept(new WeightsSampled(T0, STAGE, step, "all", new WeightHistogram(0.1, new long[130], zeroFraction, 0.05), null));
    }

    private void accept(RunEvent event) {
        history.accept(event);
    }
}
