package org.bitdistillery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.data.TaskRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The configurations that come along, and the data of those that bring their own.
class SampleConfigsTest {

    private static final Path FOLDER = Path.of("sample-configs");

    static List<Path> configurations() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void everyConfigurationIsValidAndExplained(Path file) throws IOException {
        assertThat(ExperimentFile.read(file).name()).isNotBlank();
        assertThat(Files.readString(FOLDER.resolve("README.md"))).contains("`" + file.getFileName() + "`");
    }

    @Test
    void glueQuestionsAreReadAsPairs() {
        Task task = ExperimentFile.read(FOLDER.resolve("qnli-layout.json")).task();
        TaskData data = TaskData.load(task, 1);
        assertThat(data.train().size() + data.dev().size() + data.test().size()).isEqualTo(48);
        assertThat(data.labelWords()).containsExactly("yes", "no");
        assertThat(data.train()).anySatisfy(row -> assertThat(row).isEqualTo(
                TaskRow.labeled("When was the old mill built?", "The old mill was built in 1794 by two brothers.", 0)));
    }

    @Test
    void ticketsHaveCommasAndLineBreaksInsideOfCells() {
        TaskData data = TaskData.load(ExperimentFile.read(FOLDER.resolve("tickets.json")).task(), 1);
        List<TaskRow> rows = Stream.of(data.train(), data.dev(), data.test()).flatMap(List::stream).toList();
        assertThat(rows).hasSize(84);
        assertThat(rows).contains(TaskRow.labeled("Search finds nothing, not even exact titles. Thank you.", 2));
        assertThat(rows).anyMatch(row -> row.text().endsWith(".\nRegards, Ann"));
        assertThat(rows.stream().filter(row -> row.label() == 1)).hasSize(28);
    }
}
