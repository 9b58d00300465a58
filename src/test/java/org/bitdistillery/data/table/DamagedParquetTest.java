package org.bitdistillery.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    /// The mutation of which Hardwood 1.0.1 waits for a page that never comes.
    @Test
    void aFileThatKeepsItsReaderWaitingIsGivenUp() throws Exception {
        Path file = damaged("zstd.parquet", 458);
        try {
            rows(file);
            fail("seed 458 is read");
        } catch (InvalidInput e) {
            assertThat(e).hasMessageContaining("brings no further row: it is damaged");
        }
    }
}
