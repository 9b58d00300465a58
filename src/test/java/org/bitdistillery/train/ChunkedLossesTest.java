package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Random;
import org.bitdistillery.model.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// In double precision, against one graph over all logits.
class ChunkedLossesTest {

    private static final int ROWS = 11;
    private static final int WIDTH = 5;
    private static final int VOCABULARY = 13;
    private static final long[] TARGET_ROWS = {0, 1, 2, 3, 7, 10};
    private static final long[] TOKENS = {4, 0, 12, 12, 7, 1};
    private static final double TEMPERATURE = 3;
    private static final double FACTOR = 9;
    private static final double HARD_WEIGHT = 0.75;
    private static final double SOFT_WEIGHT = 10 * 0.3;

    private final NDManager work = Torch.manager();

    @AfterEach
    void close() {
        work.close();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,1", "4,0.4", "11,1", "100,0.7"})
    void lossesAndGradientsEqualThoseOfOneGraphOverAllLogits(long chunkRows, double share) {
        NDArray hidden = random(1, ROWS, WIDTH);
        NDArray head = random(2, VOCABULARY, WIDTH);
        NDArray teacherHidden = random(3, ROWS, 4);
        NDArray teacherHead = random(4, VOCABULARY, 4);
        NDArray gradient = head.zerosLike();
        hidden.setRequiresGradient(true);
        ChunkedLosses.Result result;
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            ChunkedLosses losses = new ChunkedLosses(hidden, head, gradient, true, work, chunkRows);
            SoftTargets targets = new SoftTargets.Full(teacherHidden, teacherHead, TEMPERATURE, share);
            result = losses.of(
                    new ChunkedLosses.Hard(TARGET_ROWS, TOKENS, HARD_WEIGHT), new ChunkedLosses.Soft(targets, FACTOR, SOFT_WEIGHT));
            collector.backward(result.pull());
        }
        Whole whole = new Whole(hidden.stopGradient().duplicate(), head.duplicate(), teacherHidden.matMul(teacherHead.transpose()), share);
        assertThat(result.crossEntropy().getDouble()).isCloseTo(whole.crossEntropy, within(1e-13));
        assertThat(result.distance().getDouble()).isCloseTo(whole.distance, within(1e-13));
        assertThat(hidden.getGradient().toDoubleArray()).containsExactly(whole.hiddenGradient, within(1e-13));
        assertThat(gradient.toDoubleArray()).containsExactly(whole.headGradient, within(1e-13));
    }

    @Test
    void gradientsAddUpOverBatches() {
        NDArray hidden = random(1, TOKENS.length, WIDTH);
        NDArray head = random(2, VOCABULARY, WIDTH);
        NDArray once = head.zerosLike();
        NDArray twice = head.zerosLike();
        ChunkedLosses.Hard all = new ChunkedLosses.Hard(new long[] {0, 1, 2, 3, 4, 5}, TOKENS, 1);
        new ChunkedLosses(hidden, head, once, true, work, 4).of(all, null);
        new ChunkedLosses(hidden, head, twice, true, work, 4).of(all, null);
        new ChunkedLosses(hidden, head, twice, true, work, 4).of(all, null);
        assertThat(twice.toDoubleArray()).containsExactly(once.mul(2).toDoubleArray(), within(1e-14));
    }

    @Test
    void aChunkOfAnyVocabularyStaysNearThirtyTwoMebibytes() {
        assertThat(ChunkedLosses.chunkRows(8192) * 8192 * 4).isEqualTo(32L << 20);
        assertThat(ChunkedLosses.chunkRows(151_936)).isEqualTo(128);
    }

    /// The textbook way, with automatic differentiation.
    private final class Whole {
        private final double crossEntropy;
        private final double distance;
        private final double[] hiddenGradient;
        private final double[] headGradient;

        Whole(NDArray hidden, NDArray head, NDArray teacher, double share) {
            hidden.setRequiresGradient(true);
            head.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray logits = Torch.linear(hidden, head);
                NDArray hard = Torch.rows(work.create(TARGET_ROWS), logits).logSoftmax(-1)
                        .gather(work.create(TOKENS).expandDims(1), 1).mean().neg();
                NDArray target = Torch.times(logits.stopGradient(), 1 - share).add(Torch.times(teacher, share));
                NDArray logTarget = Torch.times(target, 1 / TEMPERATURE).logSoftmax(-1);
                NDArray log = Torch.times(logits, 1 / TEMPERATURE).logSoftmax(-1);
                NDArray soft = Torch.times(logTarget.sub(log).mul(logTarget.exp()).sum(), FACTOR / ROWS);
                collector.backward(Torch.times(hard, HARD_WEIGHT).add(Torch.times(soft, SOFT_WEIGHT)));
                crossEntropy = hard.getDouble();
                distance = soft.getDouble();
            }
            hiddenGradient = hidden.getGradient().toDoubleArray();
            headGradient = head.getGradient().toDoubleArray();
        }
    }

    private NDArray random(long seed, int rows, int columns) {
        Random random = new Random(seed);
        return work.create(random.doubles((long) rows * columns, -2, 2).toArray(), new Shape(rows, columns));
    }
}
