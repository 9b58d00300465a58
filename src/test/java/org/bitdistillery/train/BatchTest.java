package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.config.LayerChoice;
import org.bitdistillery.data.Example;
import org.junit.jupiter.api.Test;

class BatchTest {

    @Test
    void onlyTheAnswersOfTaskRowsAreTargets() {
        Batch batch = Batch.of(List.of(
                new Example(new int[] {1, 5, 6}, new int[] {9, 2}, 0), new Example(new int[] {1, 7}, new int[] {8}, 1)));
        assertThat(batch.ids()).isDeepEqualTo(new int[][] {{1, 5, 6, 9, 2}, {1, 7, 8, 0, 0}});
        assertThat(batch.tokens()).isEqualTo(8);
        assertThat(batch.targetRows()).containsExactly(2, 3, 6);
        assertThat(batch.targetTokens()).containsExactly(9, 2, 8);
        assertThat(batch.tokenRows()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void everyTokenOfTextButTheFirstIsATarget() {
        Batch batch = Batch.packed(new int[][] {{1, 2, 3}, {4, 5}});
        assertThat(batch.targetRows()).containsExactly(0, 1, 3);
        assertThat(batch.targetTokens()).containsExactly(2, 3, 5);
    }

    @Test
    void anEpochHoldsEveryRowOnceAndTheNextIsInAnotherOrder() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            examples.add(new Example(IntStream.range(0, 1 + i % 7).map(_ -> 3).toArray(), new int[] {i}, 0));
        }
        BatchSource batches = BatchSource.ofExamples(examples, 5, 1);
        List<Long> first = answers(batches, 0, 20);
        List<Long> second = answers(batches, 20, 40);
        assertThat(first).doesNotHaveDuplicates().hasSize(100);
        assertThat(second).doesNotHaveDuplicates().hasSize(100).isNotEqualTo(first);
        assertThat(answers(BatchSource.ofExamples(examples, 5, 1), 20, 40)).isEqualTo(second);
        assertThat(answers(BatchSource.ofExamples(examples, 5, 2), 0, 20)).isNotEqualTo(first);
    }

    @Test
    void packedTextIsShuffledToo() {
        List<int[]> sequences = IntStream.range(0, 12).mapToObj(i -> new int[] {0, i}).toList();
        BatchSource batches = BatchSource.ofSequences(sequences, 5, 1);
        assertThat(answers(batches, 0, 2)).doesNotHaveDuplicates().hasSize(10).isNotEqualTo(answers(batches, 2, 4));
    }

    @Test
    void anEmptyDataSetIsRefused() {
        assertThatThrownBy(() -> BatchSource.ofExamples(List.of(), 4, 1))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("empty");
    }

    private static List<Long> answers(BatchSource batches, int from, int to) {
        List<Long> answers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            for (long token : batches.batch(i).targetTokens()) {
                answers.add(token);
            }
        }
        return answers;
    }

    @Test
    void theLearningRateWarmsUpAndComesDown() {
        Schedule linear = new Schedule(Optimization.Schedule.LINEAR, 0.1, 0.1, 0.2, 100);
        assertThat(linear.rate(0)).isCloseTo(0.01, within(1e-12));
        assertThat(linear.rate(9)).isCloseTo(0.1, within(1e-12));
        assertThat(linear.rate(55)).isCloseTo(0.05, within(1e-12));
        Schedule cosine = new Schedule(Optimization.Schedule.COSINE, 0.1, 0, 0.2, 100);
        assertThat(cosine.rate(0)).isEqualTo(0.1);
        assertThat(cosine.rate(50)).isCloseTo(0.05, within(1e-12));
        assertThat(cosine.rate(100)).isCloseTo(0, within(1e-12));
        assertThat(new Schedule(Optimization.Schedule.CONSTANT, 0.1, 0, 0.2, 100).rate(99)).isEqualTo(0.1);
    }

    @Test
    void theTeachersLayerStandsAtTheSameRelativeDepth() {
        assertThat(LayerChoice.late(28)).isEqualTo(21);
        assertThat(LayerChoice.late(1)).isZero();
        assertThat(Distillation.sameDepth(5, 6, 12)).isEqualTo(11);
        assertThat(Distillation.sameDepth(2, 6, 12)).isEqualTo(5);
        assertThat(Distillation.sameDepth(0, 12, 2)).isZero();
    }
}
