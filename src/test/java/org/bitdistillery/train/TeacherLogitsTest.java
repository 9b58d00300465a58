package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.DistillStage.LogitsTarget;
import org.bitdistillery.config.DistillStage.RelationForm;
import org.bitdistillery.config.DistillStage.TokenScope;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.data.Example;
import org.bitdistillery.event.Losses;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Subln;
import org.bitdistillery.model.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TeacherLogitsTest {

    private static final int VOCABULARY = 40;
    private static final double TEMPERATURE = 5;

    @TempDir
    private Path parent;

    private final List<Example> examples = examples();

    private static List<Example> examples() {
        Random random = new Random(3);
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(new Example(random.ints(3 + random.nextInt(6), 5, VOCABULARY).toArray(), new int[] {3, 2}, 0));
        }
        rows.add(rows.getFirst());
        return rows;
    }

    @ParameterizedTest
    @EnumSource(TokenScope.class)
    void withEveryLogitKeptLossAndGradientAreThoseOfAskingTheTeacher(TokenScope scope) {
        Losses kept = losses(scope, VOCABULARY, 0);
        Losses asked = losses(scope, 0, 0);
        assertThat(kept.logits()).isCloseTo(asked.logits(), within(1e-6 + 1e-5 * asked.logits()));
        assertThat(kept.total()).isCloseTo(asked.total(), within(1e-5 * asked.total()));
    }

    @Test
    void relationsAreThoseOfTheTeacherAlsoWhereItsLogitsAreKept() {
        Losses kept = losses(TokenScope.ALL, VOCABULARY, 100);
        Losses asked = losses(TokenScope.ALL, 0, 100);
        assertThat(kept.relation()).isEqualTo(asked.relation());
        assertThat(kept.logits()).isCloseTo(asked.logits(), within(1e-6 + 1e-5 * asked.logits()));
    }

    /// The tail as one bucket can only hide differences, and hides fewer the more logits are kept.
    @Test
    void fewerLogitsUnderestimateTheLossAndComeNearer() {
        double asked = losses(TokenScope.ALL, 0, 0).logits();
        double few = losses(TokenScope.ALL, 4, 0).logits();
        double more = losses(TokenScope.ALL, 20, 0).logits();
        double most = losses(TokenScope.ALL, 36, 0).logits();
        assertThat(few).isLessThan(more).isPositive();
        assertThat(more).isLessThan(most);
        assertThat(most).isCloseTo(asked, within(0.05 * asked));
    }

    /// By hand: V = 4, k = 1, τ = 1. Teacher p = (1/2 | 1/2 on the other three), student q = (1/4, 1/4, 1/4, 1/4):
    /// KL = 1/2 ln(1/2 / 1/4) + 1/2 ln(1/2 / 3/4) = 0.346574 - 0.202733 = 0.143841.
    /// Gradient: q - p = -1/4 for the kept one, q·(1 - (1/2)/(3/4)) = 1/12 for each other.
    @Test
    void theBucketOfTheOthersIsAsWrittenOut() {
        try (NDManager work = Torch.manager()) {
            NDList found = SoftTargets.Kept.compare(
                    work, work.zeros(new Shape(1, 4), DataType.FLOAT64), work.create(new long[] {2}, new Shape(1, 1)),
                    work.create(new double[] {Math.log(0.5)}, new Shape(1, 1)), work.create(new double[] {0.5}), 1, 1);
            assertThat(found.get(0).getDouble()).isCloseTo(0.143841, within(1e-6));
            assertThat(found.get(1).toDoubleArray()).containsExactly(new double[] {1.0 / 12, 1.0 / 12, -0.25, 1.0 / 12}, within(1e-12));
        }
    }

    @Test
    void aCacheIsUsedAgainUnlessItIsDamagedOrFromSomethingElse() throws Exception {
        Path folder = parent.resolve("cache");
        DistillStage config = config(TokenScope.ALL, 8, 0);
        TeacherLogits.Key key = key(config);
        try (Decoder teacher = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1)) {
            assertThat(TeacherLogits.open(folder, key, examples)).isEmpty();
            TeacherLogits.make(folder, key, teacher, examples, _ -> { }).close();
        }
        assertThat(Files.size(folder.resolve("logits.bin"))).isEqualTo(TeacherLogits.bytes(examples, config, VOCABULARY));
        TeacherLogits.open(folder, key, examples).orElseThrow().close();
        TeacherLogits.Key other = new TeacherLogits.Key("another", key.data(), key.tokenizer(), key.k(), key.temperature(), key.scope());
        assertThat(TeacherLogits.open(folder, other, examples)).isEmpty();
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve("logits.bin").toFile(), "rw")) {
            file.seek(100);
            int before = file.read();
            file.seek(100);
            file.write(before ^ 1);
        }
        assertThat(TeacherLogits.open(folder, key, examples)).isEmpty();
        Files.write(folder.resolve("cache.json"), new byte[] {'{'});
        assertThat(TeacherLogits.open(folder, key, examples)).isEmpty();
    }

    @Test
    void whatIsStoppedHalfWayLeavesNothingBehind() {
        Path folder = parent.resolve("stopped");
        try (Decoder teacher = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1)) {
            TeacherLogits.make(folder, key(config(TokenScope.ALL, 8, 0)), teacher, examples, _ -> {
                throw new IllegalStateException("stopped");
            });
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("stopped");
        }
        assertThat(parent).isEmptyDirectory();
    }

    private static TeacherLogits.Key key(DistillStage config) {
        return new TeacherLogits.Key("t", "d", "k", config.cachedLogits(), TEMPERATURE, config.logitsTokens());
    }

    private static DistillStage config(TokenScope scope, int cached, double relationWeight) {
        return new DistillStage(
                true, 1, "", 2, TEMPERATURE, true, scope, LogitsTarget.TEACHER, cached, relationWeight, RelationForm.CODE, 4, "0",
                true, true, true, false, Optimization.withLearningRate(1e-3));
    }

    private Losses losses(TokenScope scope, int cached, double relationWeight) {
        DistillStage config = config(scope, cached, relationWeight);
        try (Decoder teacher = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1)) {
            teacher.parameters().forEach((_, weight) -> Torch.overwrite(weight, times(Torch.floats(weight), 8)));
            try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 2);
                    Decoder student = Subln.student(base, SubLnPlacement.PAPER);
                    TeacherLogits kept = cached == 0 ? null
                            : TeacherLogits.make(parent.resolve("of" + cached), key(config), teacher, examples, _ -> { });
                    Distillation objective = new Distillation(config, teacher, 2, kept, Precision.FLOAT32);
                    AdamW optimizer = new AdamW(student, 0, 0)) {
                return new OptimizerStep(student, objective, optimizer).apply(List.of(Batch.of(examples.subList(2, 18))), 0).losses();
            }
        }
    }

    private static float[] times(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return values;
    }
}
