package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.DistillStage.LogitsTarget;
import org.bitdistillery.config.DistillStage.RelationForm;
import org.bitdistillery.config.DistillStage.TokenScope;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.LayerChoice;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.config.Telemetry;
import org.bitdistillery.data.Example;
import org.bitdistillery.event.Losses;
import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Subln;
import org.bitdistillery.model.Torch;
import org.bitdistillery.train.TrainingLoop.Plan;
import org.bitdistillery.train.TrainingLoop.StepReport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLoopTest {

    private static final Telemetry TELEMETRY = new Telemetry(4, 5, 8, 3, 2, true, false, true);

    @TempDir
    Path folder;

    private List<Example> examples;

    @BeforeEach
    void makeExamples() {
        Random random = new Random(3);
        examples = new ArrayList<>();
        for (int i = 0; i < 96; i++) {
            int label = random.nextInt(2);
            int[] prompt = random.ints(4 + random.nextInt(5), 5, 40).toArray();
            prompt[prompt.length - 1] = 10 + label;
            examples.add(new Example(prompt, new int[] {3 + label, 2}, label));
        }
    }

    @Test
    void theSameRunTwiceGivesTheSameLosses() {
        assertThat(losses(train("a", 12, Integer.MAX_VALUE))).isEqualTo(losses(train("b", 12, Integer.MAX_VALUE)));
    }

    @Test
    void resumedRunEqualsTheUninterruptedOne() {
        List<StepReport> whole = train("whole", 12, Integer.MAX_VALUE);
        List<StepReport> first = train("parts", 12, 7);
        List<StepReport> rest = train("parts", 12, Integer.MAX_VALUE);
        assertThat(first).hasSize(7);
        assertThat(rest.getFirst().step()).isEqualTo(8);
        assertThat(losses(rest)).isEqualTo(losses(whole.subList(7, 12)));
        assertThat(rest.getLast().tokens()).isEqualTo(whole.getLast().tokens());
        assertThat(rest.getLast().gradientNorm()).isEqualTo(whole.getLast().gradientNorm());
    }

    @Test
    void aRunThatDiedGoesOnFromItsLastCheckpointWithTheSameLosses() {
        List<StepReport> whole = train("whole", 12, Integer.MAX_VALUE);
        try (Models models = new Models()) {
            TrainingLoop.Listener dies = new Recorder(8) {
                @Override
                public boolean mayContinue() {
                    if (!super.mayContinue()) {
                        throw new IllegalStateException("killed");
                    }
                    return true;
                }
            };
            assertThatThrownBy(() -> models.run(examples, plan("killed", 12), dies)).hasMessage("killed");
        }
        List<StepReport> rest = train("killed", 12, Integer.MAX_VALUE);
        assertThat(rest.getFirst().step()).isEqualTo(7);
        assertThat(losses(rest)).isEqualTo(losses(whole.subList(6, 12)));
    }

    @Test
    void onlyTheNewestCheckpointsAreKept() {
        train("kept", 12, Integer.MAX_VALUE);
        assertThat(folder.resolve("kept").toFile().list()).containsExactlyInAnyOrder("step-00000009", "step-00000012");
    }

    @Test
    void theBestCheckpointOutlivesNewerOnesAndCanBeHandedOver() {
        AtomicInteger asked = new AtomicInteger();
        Recorder bestAtFirst = new Recorder(Integer.MAX_VALUE) {
            @Override
            public Score validate(Decoder weights) {
                return new Score(asked.incrementAndGet(), null);
            }
        };
        float[] atFive;
        try (Models models = new Models()) {
            models.run(examples, plan("stopped", 15), new Recorder(5));
            atFive = models.student.floats("model.norm.weight");
        }
        try (Models models = new Models()) {
            models.run(examples, handingOverTheBest("best", 15), bestAtFirst);
            assertThat(folder.resolve("best").toFile().list())
                    .containsExactlyInAnyOrder("best", "step-00000012", "step-00000015");
            assertThat(new Checkpoints(folder.resolve("best"), 2).best()).contains(new Checkpoints.Best(5, 1));
            assertThat(models.student.floats("model.norm.weight")).isEqualTo(atFive);
        }
    }

    @Test
    void whatIsNoLongerFiniteIsStoppedAtACheckpointWithARemedy() {
        Optimization plain = new Optimization(1e-3, Optimization.Schedule.CONSTANT, 0, 0.2, 0, 0, 16, 1);
        Plan plan = new Plan(plain, TELEMETRY, 200, folder.resolve("poisoned"));
        try (Models models = new Models()) {
            String name = "model.layers.1.mlp.down_proj.weight";
            float[] huge = models.student.floats(name);
            huge[0] = Float.MAX_VALUE;
            Recorder poisons = new Recorder(Integer.MAX_VALUE) {
                @Override
                public void stepDone(StepReport report) {
                    super.stepDone(report);
                    if (report.step() == 4) {
                        Torch.overwrite(models.student.parameters().get(name), huge);
                    }
                }
            };
            assertThatThrownBy(() -> models.run(examples, plan, poisons))
                    .isInstanceOf(TrainingDiverged.class).hasMessageContaining("Lower the learning rate");
            assertThat(poisons.saved).contains(4L);
        }
    }

    @Test
    void aProjectionWhoseWeightsAllRoundToZeroIsNamedBeforeTheFirstStep() {
        try (Models models = new Models()) {
            String name = "model.layers.1.mlp.up_proj.weight";
            Torch.overwrite(models.student.parameters().get(name), new float[models.student.floats(name).length]);
            assertThatThrownBy(() -> models.run(examples, plan("zero", 12), new Recorder(Integer.MAX_VALUE)))
                    .isInstanceOf(TrainingDiverged.class).hasMessageContaining("Every ternary weight of " + name + " is 0 at step 0");
        }
    }

    @Test
    void whatTheObjectiveRemembersIsPartOfACheckpoint() {
        Map<String, Double> remembered = new HashMap<>();
        Objective counting = new Objective() {
            private double steps;

            @Override
            public Parts of(DecoderGraph student, Batch batch, Share share, NDManager work) {
                return Objective.crossEntropy().of(student, batch, share, work);
            }

            @Override
            public void stepDone(Losses losses, double progress) {
                steps++;
            }

            @Override
            public Map<String, Double> state() {
                return Map.of("steps", steps);
            }

            @Override
            public void restore(Map<String, Double> state) {
                remembered.putAll(state);
            }
        };
        BatchSource batches = BatchSource.ofExamples(examples, 16, 1);
        try (Models models = new Models(); TrainingLoop loop = TrainingLoop.startOrResume(models.student, counting, batches, plan("counted", 12))) {
            loop.run(new Recorder(7));
        }
        try (Models models = new Models(); TrainingLoop loop = TrainingLoop.startOrResume(models.student, counting, batches, plan("counted", 12))) {
            assertThat(loop.steps()).isEqualTo(7);
            assertThat(remembered).containsExactly(Map.entry("steps", 7.0));
        }
    }

    @Test
    void aDamagedCheckpointIsNamed() throws Exception {
        train("damaged", 3, Integer.MAX_VALUE);
        Files.write(folder.resolve("damaged/step-00000003/optimizer.safetensors"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> train("damaged", 6, Integer.MAX_VALUE))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("optimizer.safetensors");
    }

    @Test
    void fourAccumulatedBatchesEqualOneLargeBatch() {
        List<Batch> parts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            parts.add(Batch.of(examples.subList(8 * i, 8 * i + 8)));
        }
        try (Models accumulated = new Models(); Models together = new Models();
                AdamW one = new AdamW(accumulated.student, 0, 0); AdamW other = new AdamW(together.student, 0, 0)) {
            OptimizerStep.Outcome sum = new OptimizerStep(accumulated.student, accumulated.objective, one).apply(parts, 1e-3);
            OptimizerStep.Outcome whole = new OptimizerStep(together.student, together.objective, other)
                    .apply(List.of(Batch.of(examples.subList(0, 32))), 1e-3);
            assertThat(sum.losses().total()).isCloseTo(whole.losses().total(), within(1e-5));
            assertThat(sum.losses().relation()).isCloseTo(whole.losses().relation(), within(1e-6));
            assertThat(sum.gradientNorm()).isCloseTo(whole.gradientNorm(), within(1e-4 * whole.gradientNorm()));
            String name = "model.layers.0.self_attn.k_proj.weight";
            assertThat(mean(one, name)).containsExactly(mean(other, name), within(1e-5f));
        }
    }

    /// DJL's arithmetic with a Java number frees that number's memory while the graph still needs it.
    @Test
    void aGarbageCollectionBeforeTheBackwardPassChangesNothing() {
        Batch batch = Batch.of(examples.subList(0, 16));
        try (Models calm = new Models(); Models disturbed = new Models();
                AdamW one = new AdamW(calm.student, 0, 0); AdamW other = new AdamW(disturbed.student, 0, 0)) {
            Objective collecting = (student, now, share, work) -> {
                Objective.Parts parts = disturbed.objective.of(student, now, share, work);
                overwriteFreedMemory();
                return parts;
            };
            double expected = new OptimizerStep(calm.student, calm.objective, one).apply(List.of(batch), 0).gradientNorm();
            double actual = new OptimizerStep(disturbed.student, collecting, other).apply(List.of(batch), 0).gradientNorm();
            assertThat(actual).isEqualTo(expected);
        }
    }

    private static void overwriteFreedMemory() {
        for (int round = 0; round < 3; round++) {
            System.gc();
            for (int i = 0; i < 20_000; i++) {
                ByteBuffer.allocateDirect(4 + 4 * (i % 4)).asFloatBuffer().put(Float.NaN);
            }
        }
    }

    private static float[] mean(AdamW optimizer, String name) {
        return optimizer.mean(name);
    }

    @Test
    void theStudentLearnsAndTheTotalIsTheWeightedSumOfItsParts() {
        List<StepReport> reports = train("learns", 60, Integer.MAX_VALUE);
        assertThat(reports.getLast().losses().crossEntropy()).isLessThan(0.7 * reports.getFirst().losses().crossEntropy());
        for (StepReport report : reports) {
            var losses = report.losses();
            assertThat(losses.total()).isCloseTo(
                    losses.crossEntropy() + 2 * losses.logits() + 100 * losses.relation(), within(1e-4));
        }
    }

    @Test
    void aListenerHearsOfHistogramsValidationAndCheckpointsWhenTheyAreDue() {
        try (Models models = new Models()) {
            Recorder recorder = new Recorder(Integer.MAX_VALUE);
            models.run(examples, plan("heard", 11), recorder);
            assertThat(recorder.sampled).containsExactly(0L, 4L, 8L, 11L);
            assertThat(recorder.validated).containsExactly(5L, 10L, 11L);
            assertThat(recorder.saved).containsExactly(3L, 6L, 9L);
        }
    }

    @Test
    void aLossThatIsNoNumberStopsTheRunWithASuggestion() {
        try (Models models = new Models()) {
            models.student.parameters().get(ParameterSpec.FINAL_NORM).muli(Float.NaN);
            assertThatThrownBy(() -> models.run(examples, plan("diverged", 4), new Recorder(10)))
                    .isInstanceOf(TrainingDiverged.class)
                    .hasMessageContaining("cross-entropy").hasMessageContaining("step 1").hasMessageContaining("learning rate");
        }
    }

    private List<StepReport> train(String name, int steps, int stopAfter) {
        try (Models models = new Models()) {
            Recorder recorder = new Recorder(stopAfter);
            boolean finished = models.run(examples, plan(name, steps), recorder);
            assertThat(finished).isEqualTo(stopAfter > steps);
            return recorder.reports;
        }
    }

    private Plan plan(String name, int steps) {
        Optimization optimization = new Optimization(5e-3, Optimization.Schedule.COSINE, 0.1, 0.2, 0.01, 1, 16, 1);
        return new Plan(optimization, TELEMETRY, steps, folder.resolve(name));
    }

    private Plan handingOverTheBest(String name, int steps) {
        Telemetry telemetry = new Telemetry(4, 5, 8, 3, 2, true, true, true);
        return new Plan(plan(name, steps).optimization(), telemetry, steps, folder.resolve(name));
    }

    private static List<Double> losses(List<StepReport> reports) {
        return reports.stream().map(report -> report.losses().total()).toList();
    }

    /// A teacher, its student and the distillation between them.
    static final class Models implements AutoCloseable {
        final Decoder teacher = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
        final Decoder student = Subln.student(teacher, SubLnPlacement.PAPER);
        final Distillation objective = new Distillation(
                new DistillStage(
                        true, 1, "", 2, 5, true, TokenScope.ALL, LogitsTarget.TEACHER, 0, 100, RelationForm.CODE, 4,
                        LayerChoice.LATE, true, true, true, false, Optimization.withLearningRate(1e-3)),
                teacher, 2);

        boolean run(List<Example> examples, Plan plan, TrainingLoop.Listener listener) {
            BatchSource batches = BatchSource.ofExamples(examples, 16, 5);
            try (TrainingLoop loop = TrainingLoop.startOrResume(student, objective, batches, plan)) {
                return loop.run(listener);
            }
        }

        @Override
        public void close() {
            objective.close();
            student.close();
            teacher.close();
        }
    }

    static class Recorder implements TrainingLoop.Listener {
        final List<StepReport> reports = new ArrayList<>();
        final List<Long> sampled = new ArrayList<>();
        final List<Long> validated = new ArrayList<>();
        final List<Long> saved = new ArrayList<>();
        private final int stopAfter;

        Recorder(int stopAfter) {
            this.stopAfter = stopAfter;
        }

        @Override
        public boolean mayContinue() {
            return reports.size() < stopAfter;
        }

        @Override
        public void stepDone(StepReport report) {
            reports.add(report);
        }

        @Override
        public void weightsSampled(long step, String tensor, WeightHistogram histogram, TensorHealth health) {
            if (tensor.equals(WeightTelemetry.ALL)) {
                sampled.add(step);
            }
        }

        @Override
        public Score validate(Decoder weights) {
            return new Score(Double.NaN, null);
        }

        @Override
        public void validated(long step, Score score) {
            validated.add(step);
        }

        @Override
        public void checkpointSaved(long step, Path path, boolean best) {
            saved.add(step);
        }
    }
}
