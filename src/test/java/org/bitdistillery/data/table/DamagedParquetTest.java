package org.bitdistillery.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bitdistillery.Mutations;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.BadRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Seeded mutations of Parquet files: read or refused in a sentence, with as many rows as are promised.
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DamagedParquetTest {

    private static final int MUTATIONS = Integer.getInteger("bitdistillery.mutations", 250);
    private static final Path TABLES = Path.of("src/test/resources/tables");
    private static final Duration SOON = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    /// Each in a file of its own: threads of the library may still look at the last one.
    private Path damaged(String name, int seed) throws Exception {
        return Files.write(folder.resolve("rows-" + seed + ".parquet"), Mutations.of(Files.readAllBytes(TABLES.resolve(name)), seed));
    }

    private static List<List<String>> rows(Path file) {
        List<List<String>> rows = new ArrayList<>();
        try (ParquetTable table = ParquetTable.open(file, SOON)) {
            TableRow row = null;
            do {
                try {
                    row = table.next();
                    if (row != null) {
                        assertThat(row.cells()).hasSameSizeAs(table.columns());
                        rows.add(row.cells());
                    }
                } catch (BadRow e) {
                    assertThat(e.getMessage()).contains(file.getFileName().toString());
                }
            } while (row != null);
        }
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"groups.parquet", "zstd.parquet", "v2.parquet"})
    void damagedFilesAreReadOrRefused(String name) throws Exception {
        int read = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Path file = damaged(name, seed);
            try {
                rows(file);
                read++;
            } catch (InvalidInput e) {
                assertThat(e.getMessage()).as("seed " + seed).contains("rows-" + seed).doesNotContain("\tat ", "Exception:");
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail("seed " + seed + " of " + name, e);
            }
            Files.delete(file);
        }
        assertThat(read).isBetween(1, MUTATIONS / 2);
    }

    /// This mutation claims rows without end in a page's header.
    @Test
    void rowsWithoutEndAreRefused() throws Exception {
        Path endless = damaged("v2.parquet", 355);
        assertThatThrownBy(() -> rows(endless)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("more rows than the 3 that it promises");
    }

    /// Of some of these files the library waits for pages that its own thread failed to read, sometimes.
    @Test
    void workThatWaitsForEverIsInterruptedAndOtherWorkIsNot() {
        try (Deadline deadline = new Deadline(Duration.ofMillis(100))) {
            assertThat(deadline.within(() -> 1)).isEqualTo(1);
            assertThat(deadline.isLate()).isFalse();
            CountDownLatch never = new CountDownLatch(1);
            boolean interrupted = deadline.within(() -> {
                try {
                    never.await();
                    return false;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return true;
                }
            });
            assertThat(interrupted).isTrue();
            assertThat(deadline.isLate()).isTrue();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }
}
