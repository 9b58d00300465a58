package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PermutationTest {

    @Test
    void everyPlaceHasADifferentElementAndEachSeedAndNumberAnotherOrder() {
        for (int size : new int[] {1, 2, 3, 10, 257, 5000}) {
            int[] order = order(size, 7, 0);
            assertThat(IntStream.of(order).sorted().toArray()).isEqualTo(IntStream.range(0, size).toArray());
            if (size > 10) {
                assertThat(order).isNotEqualTo(order(size, 7, 1)).isNotEqualTo(order(size, 8, 0)).isEqualTo(order(size, 7, 0));
            }
        }
    }

    /// Of 5,000 elements about one stays where it is in a random order; neighbors that stay neighbors are as rare.
    @Test
    void theOrderIsRandom() {
        int[] order = order(5000, 3, 2);
        long same = IntStream.range(0, 5000).filter(i -> order[i] == i).count();
        long neighbors = IntStream.range(1, 5000).filter(i -> Math.abs(order[i] - order[i - 1]) == 1).count();
        assertThat(same).isLessThan(10);
        assertThat(neighbors).isLessThan(20);
        double firstHalf = IntStream.range(0, 2500).map(i -> order[i]).average().orElseThrow();
        assertThat(firstHalf).as("standard error 20").isBetween(2400.0, 2600.0);
    }

    private static int[] order(int size, long seed, long number) {
        Permutation permutation = new Permutation(size, seed, number);
        return IntStream.range(0, size).map(permutation::of).toArray();
    }
}
