package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bitdistillery.analysis.RunProgress.Phase;
import org.bitdistillery.analysis.StageStatus.State;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.RunEvent.RunFailed;
import org.bitdistillery.event.RunEvent.RunFinished;
import org.bitdistillery.event.RunEvent.RunPaused;
import org.bitdistillery.event.RunEvent.RunResumed;
import org.bitdistillery.event.RunEvent.RunStarted;
import org.bitdistillery.event.RunEvent.StageFinished;
import org.bitdistillery.event.RunEvent.StageStarted;
import org.bitdistillery.event.RunEvent.StepDone;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;
import org.junit.jupiter.api.Test;

class RunProgressTest {

    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    private final RunProgress progress = new RunProgress();

    @Test
    void theFractionFollowsThePlannedWeights() {
        start();
        begin(0, StageId.TEACHER, 100, 0);
        step(10, StageId.TEACHER, 50);
        assertThat(progress.fraction()).isCloseTo(0.5 / 4, within(1e-12));
        done(20, StageId.TEACHER, false);
        begin(20, StageId.DISTILL, 300, 0);
        step(50, StageId.DISTILL, 100);
        assertThat(progress.fraction()).isCloseTo((1 + 3.0 / 3) / 4, within(1e-12));
        assertThat(progress.stage(StageId.TEACHER).state()).isEqualTo(State.DONE);
        assertThat(progress.stage(StageId.SUBLN).state()).isEqualTo(State.OFF);
        assertThat(progress.current()).contains(StageId.DISTILL);
    }

    /// The first stage (weight 1) takes 20 s; a third of the second (weight 3) takes 40 s, so its rest takes 80 s.
    @Test
    void theRunningStageIsExtrapolatedFromItsOwnPace() {
        start();
        begin(0, StageId.TEACHER, 100, 0);
        done(20, StageId.TEACHER, false);
        begin(20, StageId.DISTILL, 300, 0);
        step(60, StageId.DISTILL, 100);
        assertThat(progress.eta(at(60))).contains(Duration.ofSeconds(80));
    }

    /// Half of a stage of weight 1 took 10 s: 10 s for its other half, and 20 s a unit for the weight of 3 behind it.
    @Test
    void stagesToComeAreJudgedByTheirWeight() {
        start();
        begin(0, StageId.TEACHER, 100, 0);
        step(10, StageId.TEACHER, 50);
        assertThat(progress.eta(at(10))).contains(Duration.ofSeconds(70));
    }

    @Test
    void pausesDoNotSlowTheEstimate() {
        start();
        begin(0, StageId.TEACHER, 100, 0);
        step(10, StageId.TEACHER, 50);
        progress.accept(new RunPaused(at(10)));
        assertThat(progress.phase()).isEqualTo(Phase.PAUSED);
        assertThat(progress.eta(at(1000))).contains(Duration.ofSeconds(70));
        progress.accept(new RunResumed(at(1000)));
        assertThat(progress.eta(at(1000))).contains(Duration.ofSeconds(70));
    }

    /// What an earlier worker did is done, but says nothing about this worker's pace.
    @Test
    void workTakenOverFromAnEarlierWorkerIsNotPace() {
        start();
        done(0, StageId.TEACHER, true);
        begin(0, StageId.DISTILL, 300, 150);
        assertThat(progress.fraction()).isCloseTo(2.5 / 4, within(1e-12));
        assertThat(progress.eta(at(1))).isEmpty();
        step(10, StageId.DISTILL, 180);
        assertThat(progress.eta(at(10))).contains(Duration.ofSeconds(40));
    }

    @Test
    void aFailureMarksTheStageThatRan() {
        start();
        begin(0, StageId.TEACHER, 100, 0);
        progress.accept(new RunFailed(at(5), null, "Out of memory."));
        assertThat(progress.phase()).isEqualTo(Phase.FAILED);
        assertThat(progress.stage(StageId.TEACHER).state()).isEqualTo(State.FAILED);
    }

    @Test
    void aFinishedRunIsDone() {
        start();
        progress.accept(new RunFinished(at(5), 5, null));
        assertThat(progress.fraction()).isEqualTo(1);
        assertThat(progress.eta(at(9))).contains(Duration.ZERO);
        assertThat(progress.elapsed(at(9))).isEqualTo(Duration.ofSeconds(5));
    }

    private void start() {
        progress.accept(new RunStarted(T0, "test", 1, List.of(
                new StagePlan(StageId.TEACHER, 100, 1), new StagePlan(StageId.DISTILL, 300, 3))));
    }

    private void begin(int second, StageId stage, long steps, long step) {
        progress.accept(new StageStarted(at(second), stage, steps, step, ""));
    }

    private void step(int second, StageId stage, long step) {
        progress.accept(new StepDone(at(second), stage, step, step * 10, Losses.of(1), 1e-3, 1, 100));
    }

    private void done(int second, StageId stage, boolean reused) {
        progress.accept(new StageFinished(at(second), stage, second, reused));
    }

    private static Instant at(int second) {
        return T0.plusSeconds(second);
    }
}
