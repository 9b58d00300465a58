package org.bitdistillery.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.Compute;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.config.Telemetry;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.LinearMode;

/// The loop of every training stage: fetch batches, update, tell the listener, save now and then.
///
/// With the same student, batches and settings it gives the same losses, also when it is interrupted and resumed.
public final class TrainingLoop implements AutoCloseable {

    private final Decoder student;
    private final Objective objective;
    private final BatchesAhead batches;
    private final Plan plan;
    private final Schedule schedule;
    private final AdamW optimizer;
    private final OptimizerStep update;
    private final Checkpoints checkpoints;
    private final WeightTelemetry telemetry;
    private final DivergenceDoctor doctor = new DivergenceDoctor();
    private final Throughput throughput = new Throughput();
    private long step;
    private long tokens;
    private long savedStep;

    /// @param steps       optimizer steps of the whole stage
    /// @param checkpoints folder of this stage's checkpoints
    /// @param compute     precision, and how memory is saved
    public record Plan(Optimization optimization, Telemetry telemetry, long steps, Path checkpoints, Compute compute) {

        /// With what a configuration has by default.
        public Plan(Optimization optimization, Telemetry telemetry, long steps, Path checkpoints) {
            this(optimization, telemetry, steps, checkpoints, Compute.DEFAULTS);
        }
    }

    /// One optimizer step as it is shown.
    ///
    /// @param step   1 after the first update
    /// @param tokens seen by this stage so far, padding not counted
    public record StepReport(
            long step, long tokens, Losses losses, double learningRate, double gradientNorm, double tokensPerSecond) {}

    /// Follows a loop. All methods but one are called on its thread.
    public interface Listener {

        /// Asked before every step; may wait, and ends the loop with false.
        boolean mayContinue();

        void stepDone(StepReport report);

        /// A look at a ternary student's latent weights, one call for each tensor. Comes when it has been counted, which may be
        /// some steps later.
        default void weightsSampled(long step, String tensor, WeightHistogram histogram, TensorHealth health) {}

        /// Scores rows that the stage does not train on. The one method that is called on another thread, while training goes on.
        ///
        /// @param weights to be left unchanged
        /// @return null where there are no such rows
        default Score validate(Decoder weights) {
            return null;
        }

        /// What [#validate] gave for the weights of a step. Comes when it is known, which may be some steps later.
        default void validated(long step, Score score) {}

        /// @param best whether no checkpoint of the stage had a lower validation loss
        default void checkpointSaved(long step, Path folder, boolean best) {}
    }

    private TrainingLoop(Decoder student, Objective objective, BatchSource batches, Plan plan) {
        this.student = student;
        this.objective = objective;
        this.batches = new BatchesAhead(batches, plan.steps() * plan.optimization().accumulation());
        this.plan = plan;
        Optimization optimization = plan.optimization();
        this.schedule = Schedule.of(optimization, plan.steps());
        this.optimizer = new AdamW(student, optimization.weightDecay(), optimization.clipNorm(), plan.compute().optimizerState());
        this.update = new OptimizerStep(student, objective, optimizer, plan.compute());
        this.telemetry = new WeightTelemetry(student);
        this.checkpoints = new Checkpoints(plan.checkpoints(), plan.telemetry().keepCheckpoints());
    }

    /// Begins at the newest checkpoint, whose weights the student takes over, or at the beginning if there is none.
    public static TrainingLoop startOrResume(Decoder student, Objective objective, BatchSource batches, Plan plan) {
        TrainingLoop loop = new TrainingLoop(student, objective, batches, plan);
        try {
            loop.checkpoints.restore(student, loop.optimizer).ifPresent(position -> {
                loop.step = position.step();
                loop.savedStep = position.step();
                loop.tokens = position.tokens();
                objective.restore(position.objective() == null ? Map.of() : position.objective());
            });
            return loop;
        } catch (RuntimeException | Error e) {
            loop.close();
            throw e;
        }
    }

    /// Trains until the plan's last step, or until the listener ends it; then a checkpoint keeps what was done.
    ///
    /// @return whether all steps are done
    /// @throws TrainingDiverged where a loss or gradient stops being finite, or the divergence doctor finds the training
    ///                          past help; a checkpoint keeps the weights as they were before
    public boolean run(Listener listener) {
        if (isTernary()) {
            telemetry.look(step, WeightTelemetry.Seen.NOTHING);
            List<WeightTelemetry.Snapshot> beginning = telemetry.finished(true);
            if (step == 0) {
                beginning.forEach(snapshot -> tell(listener, snapshot));
            }
        }
        try (Validations validations = new Validations(listener::validate)) {
            while (step < plan.steps()) {
                if (!listener.mayContinue()) {
                    judge(validations, true, listener);
                    saveCheckpoint(listener);
                    return false;
                }
                listener.stepDone(step());
                afterStep(validations, listener);
            }
        } catch (TrainingDiverged e) {
            saveCheckpoint(listener);
            throw e;
        }
        if (plan.telemetry().handOverBest()) {
            checkpoints.restoreBest(student);
        }
        return true;
    }

    private void afterStep(Validations validations, Listener listener) {
        boolean last = step == plan.steps();
        telemetry.finished(last).forEach(snapshot -> tell(listener, snapshot));
        boolean due = last || step % plan.telemetry().validateEvery() == 0;
        judge(validations, due, listener);
        if (due) {
            validations.begin(step, student);
            judge(validations, last, listener);
        }
        if (step % plan.telemetry().checkpointEvery() == 0) {
            saveCheckpoint(listener);
        }
    }

    /// Tells the scores that are known, and keeps the weights of the best one.
    private void judge(Validations validations, boolean wait, Listener listener) {
        validations.finished(wait, student, (when, score, weights) -> {
            if (score == null) {
                return;
            }
            listener.validated(when, score);
            if (plan.telemetry().keepBest() && score.loss() < checkpoints.best().map(Checkpoints.Best::loss).orElse(Double.POSITIVE_INFINITY)) {
                listener.checkpointSaved(when, checkpoints.saveBest(weights, new Checkpoints.Best(when, score.loss())), true);
            }
        });
    }

    private void tell(Listener listener, WeightTelemetry.Snapshot snapshot) {
        snapshot.histograms().forEach((tensor, histogram) ->
                listener.weightsSampled(snapshot.step(), tensor, histogram, snapshot.health().get(tensor)));
        if (plan.telemetry().doctor()) {
            doctor.look(snapshot);
        }
    }

    private boolean isTernary() {
        return student.mode() == LinearMode.TERNARY;
    }

    /// One update.
    public StepReport step() {
        int accumulation = plan.optimization().accumulation();
        List<Batch> now = new ArrayList<>(accumulation);
        for (int i = 0; i < accumulation; i++) {
            now.add(batches.batch(step * accumulation + i));
        }
        double rate = schedule.rate(step);
        boolean looked = isTernary() && (step + 1 == plan.steps() || (step + 1) % plan.telemetry().histogramEvery() == 0);
        ActivationScales scales = new ActivationScales();
        long start = System.nanoTime();
        OptimizerStep.Outcome outcome = looked ? update.apply(now, rate, scales) : update.apply(now, rate);
        long seen = now.stream().mapToLong(Batch::tokens).sum();
        throughput.add(seen, System.nanoTime() - start);
        step++;
        tokens += seen;
        objective.stepDone(outcome.losses(), (double) step / plan.steps());
        if (looked) {
            telemetry.look(step, new WeightTelemetry.Seen(scales.byProjection(), optimizer.gradientNorms()));
        }
        if (plan.telemetry().doctor()) {
            doctor.afterStep(step, outcome.gradientNorm(), largestGradient());
        }
        return new StepReport(step, tokens, outcome.losses(), rate, outcome.gradientNorm(), throughput.tokensPerSecond());
    }

    private String largestGradient() {
        return Collections.max(optimizer.gradientNorms().entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    private void saveCheckpoint(Listener listener) {
        if (step > savedStep) {
            Path saved = checkpoints.save(student, optimizer, position());
            savedStep = step;
            listener.checkpointSaved(step, saved, false);
        }
    }

    private Checkpoints.Position position() {
        return new Checkpoints.Position(step, tokens, objective.state());
    }

    public long steps() {
        return step;
    }

    public long tokens() {
        return tokens;
    }

    @Override
    public void close() {
        batches.close();
        telemetry.close();
        optimizer.close();
    }

    /// Tokens per second over the last steps.
    private static final class Throughput {
        private static final int WINDOW = 10;
        private final long[] tokens = new long[WINDOW];
        private final long[] nanos = new long[WINDOW];
        private int next;

        void add(long stepTokens, long stepNanos) {
            tokens[next % WINDOW] = stepTokens;
            nanos[next % WINDOW] = stepNanos;
            next++;
        }

        double tokensPerSecond() {
            long tokenSum = 0;
            long nanoSum = 0;
            for (int i = 0; i < WINDOW; i++) {
                tokenSum += tokens[i];
                nanoSum += nanos[i];
            }
            return 1e9 * tokenSum / Math.max(1, nanoSum);
        }
    }
}
