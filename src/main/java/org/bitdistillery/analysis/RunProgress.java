package org.bitdistillery.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.RunEvent.Progressed;
import org.bitdistillery.event.RunEvent.RunFailed;
import org.bitdistillery.event.RunEvent.RunFinished;
import org.bitdistillery.event.RunEvent.RunPaused;
import org.bitdistillery.event.RunEvent.RunResumed;
import org.bitdistillery.event.RunEvent.RunStarted;
import org.bitdistillery.event.RunEvent.RunStopped;
import org.bitdistillery.event.RunEvent.StageFinished;
import org.bitdistillery.event.RunEvent.StageStarted;
import org.bitdistillery.event.RunEvent.StepDone;
import org.bitdistillery.event.StageId;
import org.bitdistillery.event.StagePlan;

/// How far a run is and when it will be done, from its events alone.
///
/// The remaining time of the running stage is extrapolated from that stage; that of the stages to come from their planned
/// weights and the seconds that one unit of weight took so far. Pauses and work that an earlier worker did are not
/// counted as time of this worker.
public final class RunProgress {

    /// What the run does as a whole.
    public enum Phase { WAITING, RUNNING, PAUSED, STOPPED, FAILED, FINISHED }

    /// Below this share of a stage its own pace says little.
    private static final double TRUSTED_SHARE = 0.05;

    private final Map<StageId, StageStatus> stages = new EnumMap<>(StageId.class);
    private final Map<StageId, Double> weights = new EnumMap<>(StageId.class);
    private final Clock runClock = new Clock();
    private final Clock stageClock = new Clock();
    private double inheritedWork;
    private double stageStartFraction;
    private StageId current;
    private Phase phase = Phase.WAITING;

    public RunProgress() {
        for (StageId stage : StageId.values()) {
            stages.put(stage, StageStatus.off(stage));
        }
    }

    public void accept(RunEvent event) {
        switch (event) {
            case RunStarted e -> start(e);
            case StageStarted e -> startStage(e);
            case StepDone e -> stages.computeIfPresent(e.stage(), (_, s) -> s.atStep(e.step()));
            case Progressed e -> stages.computeIfPresent(e.stage(), (_, s) -> s.atFraction(e.fraction(), e.detail()));
            case StageFinished e -> finishStage(e);
            case RunPaused e -> interrupt(Phase.PAUSED, e.at());
            case RunResumed e -> resume(e.at());
            case RunStopped e -> interrupt(Phase.STOPPED, e.at());
            case RunFailed e -> fail(e);
            case RunFinished e -> interrupt(Phase.FINISHED, e.at());
            default -> { }
        }
    }

    /// Share of the whole run that is done, 0..1, weighted by the plan.
    public double fraction() {
        if (phase == Phase.FINISHED) {
            return 1;
        }
        double total = totalWork();
        return total == 0 ? 0 : doneWork() / total;
    }

    /// Time until the run is done if it goes on now; empty until there is a pace to judge from.
    public Optional<Duration> eta(Instant now) {
        if (phase == Phase.FINISHED) {
            return Optional.of(Duration.ZERO);
        }
        double worked = doneWork() - inheritedWork;
        double elapsed = runClock.seconds(now);
        if (worked <= 0 || elapsed <= 0) {
            return Optional.empty();
        }
        double pace = elapsed / worked;
        double ahead = totalWork() - doneWork();
        double seconds = ahead * pace;
        if (current != null) {
            StageStatus stage = stages.get(current);
            double stageShare = stage.fraction() - stageStartFraction;
            if (stage.state() == StageStatus.State.RUNNING && stageShare >= TRUSTED_SHARE) {
                double stageWork = weight(current) * (1 - stage.fraction());
                double own = stageClock.seconds(now) / stageShare * (1 - stage.fraction());
                seconds = own + (ahead - stageWork) * pace;
            }
        }
        return Optional.of(Duration.ofMillis(Math.round(1000 * Math.max(0, seconds))));
    }

    /// Time that the current worker spent working, pauses left out.
    public Duration elapsed(Instant now) {
        return Duration.ofMillis(Math.round(1000 * runClock.seconds(now)));
    }

    public Phase phase() {
        return phase;
    }

    /// The stage that runs, or ran last.
    public Optional<StageId> current() {
        return Optional.ofNullable(current);
    }

    public StageStatus stage(StageId stage) {
        return stages.get(stage);
    }

    /// Every stage in order, those that the run leaves out too.
    public List<StageStatus> stages() {
        return List.copyOf(stages.values());
    }

    private void start(RunStarted event) {
        stages.replaceAll((stage, _) -> StageStatus.off(stage));
        weights.clear();
        for (StagePlan plan : event.plan()) {
            stages.put(plan.stage(), StageStatus.waiting(plan.stage(), plan.steps()));
            weights.put(plan.stage(), plan.weight());
        }
        inheritedWork = 0;
        current = null;
        phase = Phase.RUNNING;
        runClock.restart(event.at());
        stageClock.restart(event.at());
    }

    private void startStage(StageStarted event) {
        StageStatus status = stages.get(event.stage()).running(event.step(), event.steps(), event.detail());
        stages.put(event.stage(), status);
        current = event.stage();
        stageStartFraction = status.fraction();
        inheritedWork += weight(current) * stageStartFraction;
        stageClock.restart(event.at());
    }

    private void finishStage(StageFinished event) {
        StageStatus before = stages.get(event.stage());
        if (event.reused()) {
            inheritedWork += weight(event.stage()) * (1 - before.fraction());
        }
        stages.put(event.stage(), before.done(event.seconds(), event.reused()));
    }

    private void interrupt(Phase phase, Instant at) {
        this.phase = phase;
        runClock.stop(at);
        stageClock.stop(at);
    }

    private void resume(Instant at) {
        phase = Phase.RUNNING;
        runClock.go(at);
        stageClock.go(at);
    }

    private void fail(RunFailed event) {
        interrupt(Phase.FAILED, event.at());
        StageId stage = event.stage() == null ? current : event.stage();
        if (stage != null) {
            stages.computeIfPresent(stage, (_, s) -> s.failed());
        }
    }

    private double weight(StageId stage) {
        return weights.getOrDefault(stage, 0.0);
    }

    private double totalWork() {
        return weights.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private double doneWork() {
        return weights.entrySet().stream().mapToDouble(e -> e.getValue() * stages.get(e.getKey()).fraction()).sum();
    }

    /// A stopwatch that events start and stop.
    private static final class Clock {
        private Instant since;
        private double seconds;

        void restart(Instant at) {
            seconds = 0;
            since = at;
        }

        void stop(Instant at) {
            seconds = seconds(at);
            since = null;
        }

        void go(Instant at) {
            seconds = seconds(at);
            since = at;
        }

        double seconds(Instant now) {
            return since == null ? seconds : seconds + Math.max(0, Duration.between(since, now).toMillis() / 1000.0);
        }
    }
}
