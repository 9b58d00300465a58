package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Random;
import java.util.stream.LongStream;
import org.bitdistillery.config.DistillStage.RelationForm;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.Torch;
import org.bitdistillery.train.Losses.Relation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossesTest {

    private final NDManager work = Torch.manager();

    @AfterEach
    void close() {
        work.close();
    }

    @Test
    void crossEntropyOfTwoRowsEqualsTheHandWorkedValue() {
        // Row 1: probabilities 1/2, 1/4, 1/4, target 0: ln 2. Row 2: uniform, target 2: ln 3. Mean: (ln 2 + ln 3) / 2 = 0.895880.
        float ln2 = (float) Math.log(2);
        NDArray logits = work.create(new float[] {ln2, 0, 0, 5, 5, 5}, new Shape(2, 3));
        double loss = onLogits(logits, new long[] {0, 2}, null).crossEntropy().getFloat();
        assertThat(loss).isCloseTo(0.895880, within(1e-6));
    }

    @Test
    void logitsLossOfOneRowEqualsTheHandWorkedValue() {
        // τ = 2: teacher softmax (2 ln 3, 0)/2 = (3/4, 1/4), student uniform.
        // KL = 3/4 ln(3/2) + 1/4 ln(1/2) = 0.130812; times τ² = 4: 0.523248.
        NDArray teacher = work.create(new float[] {(float) (2 * Math.log(3)), 0}, new Shape(1, 2));
        NDArray student = work.zeros(new Shape(1, 2));
        assertThat((double) distance(student, teacher, 2, 1)).isCloseTo(0.130812, within(1e-6));
        assertThat((double) distance(student, teacher, 2, 4)).isCloseTo(0.523248, within(4e-6));
    }

    @Test
    void logitsLossEqualsTheDoubleLoop() {
        NDArray student = random(7, 11, 1);
        NDArray teacher = random(7, 11, 2);
        double expected = 0;
        for (int row = 0; row < 7; row++) {
            double[] p = softmax(teacher.toFloatArray(), row * 11, 11, 5);
            double[] q = softmax(student.toFloatArray(), row * 11, 11, 5);
            for (int i = 0; i < 11; i++) {
                expected += p[i] * Math.log(p[i] / q[i]) / 7;
            }
        }
        double loss = distance(student, teacher, 5, 25);
        assertThat(loss).isCloseTo(25 * expected, within(1e-5));
    }

    @Test
    void differentVocabulariesAreRefused() {
        assertThatThrownBy(() -> distance(random(2, 5, 1), random(2, 6, 2), 5, 1))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("5").hasMessageContaining("6");
    }

    @Test
    void relationLossOfTwoTokensEqualsTheHandWorkedValue() {
        // One head, code form. Teacher: both tokens (1, 0): scores 1 everywhere, R = 1/2. Student: (1, 0) and (0, 1): scores 1
        // on the diagonal, 0 beside: R = (e, 1)/(e + 1) = (0.731059, 0.268941).
        // Both rows: KL = -ln 2 - (ln 0.731059 + ln 0.268941)/2 = 0.120115.
        NDArray teacher = work.create(new float[] {1, 0, 1, 0}, new Shape(1, 1, 2, 2));
        NDArray student = work.create(new float[] {1, 0, 0, 1}, new Shape(1, 1, 2, 2));
        NDArray loss = Losses.relationDistillation(student, teacher, new int[] {2}, new Relation(RelationForm.CODE, 1, false));
        assertThat((double) loss.getFloat()).isCloseTo(0.120115, within(1e-6));
    }

    @ParameterizedTest
    @CsvSource({"CODE,1,false", "CODE,4,false", "CODE,2,true", "PAPER,1,false", "PAPER,6,false", "PAPER,3,true"})
    void relationLossEqualsTheDoubleLoop(RelationForm form, int splitHeads, boolean causal) {
        int[] lengths = {5, 3, 1};
        NDArray student = random(3 * 3 * 5, 4, 3).reshape(3, 3, 5, 4);
        NDArray teacher = random(3 * 2 * 5, 6, 4).reshape(3, 2, 5, 6);
        double expected = 0;
        for (int b = 0; b < 3; b++) {
            for (int head = 0; head < splitHeads; head++) {
                double[][] p = relation(teacher, b, head, lengths[b], splitHeads, form, causal);
                double[][] q = relation(student, b, head, lengths[b], splitHeads, form, causal);
                for (int i = 0; i < lengths[b]; i++) {
                    for (int j = 0; j < lengths[b]; j++) {
                        double pt = Math.max(p[i][j], 1e-8);
                        expected += pt * Math.log(pt / Math.max(q[i][j], 1e-8));
                    }
                }
            }
        }
        expected /= (5 + 3 + 1) * splitHeads * (form == RelationForm.CODE ? splitHeads : 1);
        NDArray loss = Losses.relationDistillation(student, teacher, lengths, new Relation(form, splitHeads, causal));
        assertThat((double) loss.getFloat()).isCloseTo(expected, within(1e-6 + 1e-5 * expected));
    }

    @Test
    void paddingChangesNoRelationLoss() {
        NDArray student = random(2 * 2 * 4, 4, 5).reshape(2, 2, 4, 4);
        NDArray teacher = random(2 * 2 * 4, 4, 6).reshape(2, 2, 4, 4);
        Relation relation = new Relation(RelationForm.CODE, 2, false);
        float before = Losses.relationDistillation(student, teacher, new int[] {4, 2}, relation).getFloat();
        NDArray noise = random(2 * 2 * 4, 4, 7).reshape(2, 2, 4, 4);
        noise.set(new NDIndex("0"), 0f);
        noise.set(new NDIndex("1, :, 0:2"), 0f);
        float after = Losses.relationDistillation(student.add(noise), teacher.sub(noise), new int[] {4, 2}, relation).getFloat();
        assertThat(after).isEqualTo(before);
    }

    @Test
    void relationHeadsThatDoNotDivideTheColumnsAreRefused() {
        NDArray states = random(2 * 2 * 4, 4, 5).reshape(2, 2, 4, 4);
        assertThatThrownBy(() -> Losses.relationDistillation(
                        states, states, new int[] {4, 4}, new Relation(RelationForm.CODE, 3, false)))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("splitHeads").hasMessageContaining("8");
    }

    private float distance(NDArray student, NDArray teacher, double temperature, double factor) {
        long[] any = LongStream.range(0, student.getShape().get(0)).map(_ -> 0).toArray();
        SoftTargets targets = new SoftTargets.Full(teacher, work.eye((int) teacher.getShape().get(1)), temperature, 1);
        return onLogits(student, any, new ChunkedLosses.Soft(targets, factor, 1)).distance().getFloat();
    }

    /// The losses of a model whose final states are its logits.
    private ChunkedLosses.Result onLogits(NDArray logits, long[] tokens, ChunkedLosses.Soft soft) {
        NDArray head = work.eye((int) logits.getShape().get(1));
        long[] rows = LongStream.range(0, tokens.length).toArray();
        return new ChunkedLosses(logits, head, head.zerosLike(), true, work, 2).of(new ChunkedLosses.Hard(rows, tokens, 1), soft);
    }

    private NDArray random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextGaussian());
        }
        return work.create(values, new Shape(rows, columns));
    }

    private static double[] softmax(float[] logits, int from, int count, double temperature) {
        double[] exponentials = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            exponentials[i] = Math.exp(logits[from + i] / temperature);
            sum += exponentials[i];
        }
        for (int i = 0; i < count; i++) {
            exponentials[i] /= sum;
        }
        return exponentials;
    }

    /// `R` of one relation head, over the real tokens, by the definition.
    private static double[][] relation(
            NDArray states, int b, int head, int length, int splitHeads, RelationForm form, boolean causal) {
        int heads = (int) states.getShape().get(1);
        int tokens = (int) states.getShape().get(2);
        int dim = (int) states.getShape().get(3);
        int width = heads * dim / splitHeads;
        float[] values = states.toFloatArray();
        double[][] vectors = new double[length][width];
        for (int t = 0; t < length; t++) {
            for (int i = 0; i < width; i++) {
                int column = head * width + i;
                vectors[t][i] = values[((b * heads + column / dim) * tokens + t) * dim + column % dim];
            }
        }
        double[][] relation = new double[length][length];
        for (int i = 0; i < length; i++) {
            double sum = 0;
            for (int j = 0; j < length; j++) {
                double scale = form == RelationForm.CODE ? norm(vectors[i]) * norm(vectors[j]) : Math.sqrt(width);
                relation[i][j] = causal && j > i ? 0 : Math.exp(dot(vectors[i], vectors[j]) / scale);
                sum += relation[i][j];
            }
            for (int j = 0; j < length; j++) {
                relation[i][j] /= sum;
            }
        }
        return relation;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }
}
