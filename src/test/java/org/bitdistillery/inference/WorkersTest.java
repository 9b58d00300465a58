package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {

    @Test
    void everyItemRunsExactlyOnce() {
        try (var workers = new Workers(4)) {
            for (int count = 0; count < 3000; count++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(count % 100);
                workers.split(runs.length(), (worker, from, to) -> {
                    for (int i = from; i < to; i++) {
                        runs.incrementAndGet(i);
                    }
                });
                for (int i = 0; i < runs.length(); i++) {
                    assertThat(runs.get(i)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aFailureReachesTheCallerAndTheNextLoopRuns() {
        try (var workers = new Workers(3)) {
            assertThatThrownBy(() -> workers.split(50, (worker, from, to) -> {
                throw new ArithmeticException("on purpose");
            })).hasRootCauseInstanceOf(ArithmeticException.class);
            int[] seen = new int[50];
            workers.split(50, (worker, from, to) -> Arrays.fill(seen, from, to, 1));
            assertThat(seen).containsOnly(1);
        }
    }
}
