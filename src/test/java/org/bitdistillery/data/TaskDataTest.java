package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskDataTest {

    @TempDir
    Path folder;

    @Test
    void rowsAreReadAsTheyStandQuotesIncluded() throws Exception {
        Path train = write("label\tsentence\n1\tthe \"best film , they said\n0\t\"dull\"\n\n1\tcrème brûlée \n");
        TaskData data = TaskData.load(task(train, 0, 0), 1);
        assertThat(data.train()).containsExactly(
                TaskRow.labeled("the \"best film , they said", 1),
                        TaskRow.labeled("\"dull\"", 0), TaskRow.labeled("crème brûlée", 1));
        assertThat(data.labelWords()).containsExactly("negative", "positive");
    }

    @Test
    void columnsAreFoundByNameInAnyOrderBehindAByteOrderMarkAndWithWindowsLineEnds() throws Exception {
        Path train = write("\uFEFFid\tcontent\tlabel\r\n7\tfine\t1\r\n");
        assertThat(TaskData.load(task(train, 0, 0), 1).train()).containsExactly(TaskRow.labeled("fine", 1));
    }

    @Test
    void hashIsThatOfTheFile() throws Exception {
        // printf 'label\ttext\n1\tfine\n' | sha256sum
        Path train = write("label\ttext\n1\tfine\n");
        String expected = "405634ab66065f7f03961131eca3a49736bcf1829f3648825b59945f245786c7";
        assertThat(TaskData.load(task(train, 0, 0), 1).sha256()).containsEntry("train", expected).containsKeys("dev", "test");
        assertThat(DataHashes.ofFile(train)).isEqualTo(expected);
    }

    @Test
    void whatIsWrongWithAFileIsSaidWithFileLineAndColumn() throws Exception {
        expect(folder.resolve("missing.tsv"), "missing.tsv", "does not exist");
        expect(folder, "is a folder");
        expect(write(""), "rows.tsv", "empty data set");
        expect(write("label\ttext\n"), "rows.tsv", "empty data set");
        expect(write("class\treview\n1\tfine\n"), "rows.tsv", "no column named sentence or text or content", "class, review");
        expect(write("text\tclass\nfine\t1\n"), "rows.tsv", "no column named label", "text, class");
        expect(write("label\ttext\n1\tfine\n2\tso so\n"), "rows.tsv", "line 3", "column label", "\"2\"", "0, 1");
        expect(write("label\ttext\n1\n"), "rows.tsv", "line 2", "1 tab-separated columns");
        expect(write("label\ttext\n1\ta\tb\n"), "rows.tsv", "line 2", "3 tab-separated columns");
        expect(write("label\ttext\n1\t \n"), "rows.tsv", "line 2", "column text is empty");
        Path latin = folder.resolve("latin.tsv");
        Files.write(latin, new byte[] {'l', 'a', 'b', 'e', 'l', '\t', 't', 'e', 'x', 't', '\n', '1', '\t', (byte) 0xe9, '\n'});
        expect(latin, "latin.tsv", "not UTF-8");
    }

    @Test
    void pairsAndReferenceAnswersAreReadFromTheirColumns() throws Exception {
        Path pairs = write("premise\tlabel\thypothesis\nIt rains.\t1\tIt is wet.\n");
        Task pairing = Tasks.pairs(pairs.toString(), "{text}\n{pair}:");
        assertThat(TaskData.load(pairing, 1).train()).containsExactly(TaskRow.labeled("It rains.", "It is wet.", 1));
        expect(pairing, write("premise\tlabel\nIt rains.\t1\n"), "rows.tsv", "no column named hypothesis (task.pairColumns)");
        expect(pairing, write("premise\tlabel\thypothesis\nIt rains.\t1\t \n"), "rows.tsv", "line 2", "column hypothesis is empty");

        Path summaries = write("text\thighlights\nA long story.\tShort.\n");
        Task summing = Tasks.generation(summaries.toString(), "{text}\nSummary:", 64, 16);
        assertThat(TaskData.load(summing, 1).test()).containsExactly(TaskRow.answered("A long story.", "", "Short."));
        expect(summing, write("text\tlabel\nA long story.\t1\n"), "rows.tsv", "no column named summary or highlights or y (task.answerColumns)");
    }

    @Test
    void samplingIsSeededKeepsTheOrderAndDrawsNoRowTwice() throws Exception {
        StringBuilder rows = new StringBuilder("label\ttext\n");
        for (int i = 0; i < 100; i++) {
            rows.append(i % 2).append("\ttext ").append((char) ('A' + i / 10)).append(i % 10).append('\n');
        }
        Path file = write(rows.toString());
        TaskData data = TaskData.load(task(file, 30, 10), 5);
        assertThat(data.train()).hasSize(30).doesNotHaveDuplicates().isEqualTo(TaskData.load(task(file, 30, 10), 5).train());
        assertThat(data.train().stream().map(TaskRow::text)).isSorted();
        assertThat(data.train()).isNotEqualTo(TaskData.load(task(file, 30, 10), 6).train());
        assertThat(data.dev()).hasSize(10);
    }

    @Test
    void starterNeedsItsOwnLabels() {
        Task starter = withLabels(task(folder, 0, 0), DataSource.STARTER, Map.of("yes", "good", "no", "bad"));
        assertThatThrownBy(() -> TaskData.load(starter, 1)).isInstanceOf(InvalidInput.class).hasMessageContaining("task.labels");
    }

    @Test
    void sst2IsReadWhole() {
        Path sst2 = Path.of("..", "shared", "data", "sst2");
        assumeTrue(Files.exists(sst2), "needs ../shared/data/sst2");
        Task task = task(sst2.resolve("train.tsv"), 0, 0);
        TaskData data = TaskData.load(Tasks.of(
                DataSource.FILES, task.train(), sst2.resolve("dev.tsv").toString(), sst2.resolve("test.tsv").toString(),
                task.labels(), task.prompt(), 0, 0, 128), 1);
        assertThat(data.train()).hasSize(67_349);
        assertThat(data.dev()).hasSize(872);
        assertThat(data.test()).hasSize(1_821);
    }

    private void expect(Path train, String... parts) {
        assertThatThrownBy(() -> TaskData.load(task(train, 0, 0), 1))
                .isInstanceOf(InvalidInput.class).hasMessageContainingAll(parts);
    }

    private static void expect(Task task, Path file, String... parts) {
        assertThat(file).exists();
        assertThatThrownBy(() -> TaskData.load(task, 1)).isInstanceOf(InvalidInput.class).hasMessageContainingAll(parts);
    }

    private Path write(String content) throws Exception {
        return Files.writeString(folder.resolve("rows.tsv"), content);
    }

    private static Task task(Path file, int maxTrainRows, int maxEvaluationRows) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("0", "negative");
        labels.put("1", "positive");
        Task task = Task.DEFAULTS;
        String path = file.toString();
        return Tasks.of(DataSource.FILES, path, path, path, labels, task.prompt(), maxTrainRows, maxEvaluationRows, task.maxTokens());
    }

    private static Task withLabels(Task task, DataSource source, Map<String, String> labels) {
        return Tasks.of(
                source, task.train(), task.dev(), task.test(), labels, task.prompt(), task.maxTrainRows(), task.maxEvaluationRows(),
                task.maxTokens());
    }
}
