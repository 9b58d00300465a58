package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class BatchesAheadTest {

    private final List<Long> made = new CopyOnWriteArrayList<>();

    private Batch numbered(long index) {
        made.add(index);
        return Batch.packed(new int[][] {{(int) index, 1}});
    }

    @Test
    void givesTheSameBatchesWhereverItBegins() {
        try (BatchesAhead ahead = new BatchesAhead(this::numbered, 8)) {
            for (long index : new long[] {3, 4, 5, 0, 7}) {
                assertThat(ahead.batch(index).ids()[0][0]).isEqualTo((int) index);
            }
        }
    }

    @Test
    void makesTheNextOneBeforeItIsAskedForAndNoneBehindTheEnd() {
        try (BatchesAhead ahead = new BatchesAhead(this::numbered, 2)) {
            ahead.batch(0);
        }
        assertThat(made).containsExactly(0L, 1L);
        try (BatchesAhead ahead = new BatchesAhead(this::numbered, 2)) {
            ahead.batch(1);
        }
        assertThat(made).containsExactly(0L, 1L, 1L);
    }

    @Test
    void aDamagedRowIsToldWhenItsBatchIsAskedFor() {
        try (BatchesAhead ahead = new BatchesAhead(index -> {
            if (index == 1) {
                throw new IllegalStateException("row 5");
            }
            return numbered(index);
        }, 8)) {
            ahead.batch(0);
            assertThatThrownBy(() -> ahead.batch(1)).isInstanceOf(IllegalStateException.class).hasMessage("row 5");
        }
    }
}
