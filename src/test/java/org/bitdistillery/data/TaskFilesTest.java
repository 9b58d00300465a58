package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tasks as people have them: any format, one file or three, rows that are bad or repeated.
class TaskFilesTest {

    @TempDir
    Path folder;

    @Test
    void aTaskReadsEveryFormatAlike() throws Exception {
        Path csv = write("a.csv", "text;label\n\"a fine\nfilm; really\";1\ndull;0\n");
        Path jsonl = write("a.jsonl", "{\"label\": 1, \"text\": \"a fine\\nfilm; really\"}\n{\"label\": 0, \"text\": \"dull\"}\n");
        Path json = write("a.json", "[{\"label\": 1, \"text\": \"a fine\\nfilm; really\"}, {\"label\": \"0\", \"text\": \"dull\"}]");
        for (Path file : List.of(csv, jsonl, json)) {
            assertThat(TaskData.load(task(file, file, file), 1).train())
                    .containsExactly(TaskRow.labeled("a fine\nfilm; really", 1), TaskRow.labeled("dull", 0));
        }
        Path parquet = Path.of(TaskFilesTest.class.getResource("/tables/snappy.parquet").toURI());
        assertThat(TaskData.load(task(parquet, parquet, parquet, "task.textColumns=sentence"), 1).test())
                .contains(TaskRow.labeled("crème\nbrûlée 中文", 1)).hasSize(3);
    }

    @Test
    void qnliPairsAreReadInTheirOwnLayout() throws Exception {
        Path file = write("dev.tsv", "index\tquestion\tsentence\tlabel\n0\tWhen did \"it\" end?\tIt ended in 1990.\tentailment\n"
                + "1\tWho?\tNobody knows.\tnot_entailment\n");
        Task task = task(file, file, file, "task.textColumns=question", "task.pairColumns=sentence",
                "task.labels=entailment=yes,not_entailment=no", "task.prompt={text} {pair}\nAnswered:");
        assertThat(TaskData.load(task, 1).dev()).containsExactly(
                TaskRow.labeled("When did \"it\" end?", "It ended in 1990.", 0), TaskRow.labeled("Who?", "Nobody knows.", 1));
    }

    @Test
    void aFileWithoutAHeaderIsReadByTheNumbersOfItsColumns() throws Exception {
        Path cola = write("cola.tsv", "gj04\t1\t\tOur friends won't buy this.\ngj04\t0\t*\tThey drank the pub.\n");
        assertThat(TaskData.load(task(cola, cola, cola, "task.textColumns=4", "task.labelColumn=2"), 1).train()).containsExactly(
                TaskRow.labeled("Our friends won't buy this.", 1), TaskRow.labeled("They drank the pub.", 0));
    }

    @Test
    void rowsToBeClassifiedNeedNoLabels() throws Exception {
        Path labeled = write("labeled.tsv", "text\tlabel\nfine\t1\nwho knows\t\n");
        Path bare = write("bare.tsv", "text\tid\nfine\t7\n");
        assertThat(TaskFile.toClassify(labeled, task(labeled, labeled, labeled)).rows())
                .containsExactly(TaskRow.labeled("fine", 1), TaskRow.labeled("who knows", TaskRow.NO_LABEL));
        assertThat(TaskFile.toClassify(bare, task(bare, bare, bare)).rows()).containsExactly(TaskRow.labeled("fine", TaskRow.NO_LABEL));
        assertThatThrownBy(() -> TaskFile.read(bare, task(bare, bare, bare))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("no column named label");
        Path wrong = write("wrong.tsv", "text\tlabel\nfine\t7\n");
        assertThatThrownBy(() -> TaskFile.toClassify(wrong, task(wrong, wrong, wrong))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("none of task.labels");
    }

    @Test
    void oneFileIsDividedLabelByLabelAndRepeatedRowsStayTogether() throws Exception {
        StringBuilder rows = new StringBuilder("text\tlabel\n");
        for (int i = 0; i < 1000; i++) {
            rows.append("row ").append(i % 900).append('\t').append(i % 900 % 4 == 0 ? 1 : 0).append('\n');
        }
        Path file = write("all.tsv", rows.toString());
        Task task = task(file, null, null, "task.files.devShare=0.2", "task.files.testShare=0.1");
        TaskData data = TaskData.load(task, 7);
        assertThat(data.train().size() + data.dev().size() + data.test().size()).isEqualTo(1000);
        assertThat(data.dev()).hasSizeBetween(197, 203);
        assertThat(data.test()).hasSizeBetween(97, 103);
        for (List<TaskRow> part : List.of(data.train(), data.dev(), data.test())) {
            assertThat(part.stream().filter(row -> row.label() == 1).count() / (double) part.size()).isBetween(0.23, 0.27);
        }
        Set<String> all = new HashSet<>();
        Stream.of(data.train(), data.dev(), data.test())
                .map(part -> part.stream().map(TaskRow::text).collect(Collectors.toSet()))
                .forEach(texts -> texts.forEach(text -> assertThat(all.add(text)).as(text).isTrue()));
        assertThat(TaskData.load(task, 7).dev()).isEqualTo(data.dev());
        assertThat(TaskData.load(task, 8).dev()).isNotEqualTo(data.dev());
        assertThat(data.sha256().values()).doesNotHaveDuplicates().hasSize(3);
    }

    @Test
    void emptyPartsAreRefused() throws Exception {
        Path file = write("two.tsv", "text\tlabel\na\t1\nb\t0\n");
        refuse(task(file, null, null), 1, "too few to draw dev rows", "task.dev", "task.files.devShare");
        Path bad = write("bad.tsv", "text\tlabel\na\t7\nb\t8\n");
        refuse(task(bad, bad, bad, "task.files.badRows=9"), 1, "bad.tsv has no good row among 2", "line 2, column label");
        assertThatThrownBy(() -> task(file, null, file, "task.files.devShare=0")).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("task.dev: is empty");
    }

    @Test
    void badRowsAreLeftOutUpToTheLimit() throws Exception {
        Path file = write("a.tsv", "text\tlabel\na\t1\nb\nc\t2\n\t0\nd\t0\n");
        Path good = write("b.tsv", "text\tlabel\nx\t1\n");
        refuse(task(file, good, good), 1, "a.tsv, line 3 has 1 tab-separated");
        refuse(task(file, good, good, "task.files.badRows=2"), 1, "a.tsv, line 5, column text is empty", "bad row number 3", "lets 2 pass");
        TaskData data = TaskData.load(task(file, good, good, "task.files.badRows=3"), 1);
        assertThat(data.train()).containsExactly(TaskRow.labeled("a", 1), TaskRow.labeled("d", 0));
        assertThat(data.notes()).singleElement().asString().startsWith("3 bad rows of").contains("a.tsv");
        assertThat(TaskFile.leniently(file, task(file, good, good)).problems()).hasSize(3);
    }

    @Test
    void aTextWithoutEndIsABadRow() throws Exception {
        Path good = write("good.tsv", "text\tlabel\na\t1\nb\t0\n");
        Path endless = write("a.tsv", "text\tlabel\n" + "a".repeat((1 << 20) + 1) + "\t1\n");
        refuse(task(endless, good, good), 1, "a.tsv, line 2, column text has 1,048,577 characters");
    }

    @Test
    void rowsOfTrainingAmongTestRowsAreCountedAndDroppedOnDemand() throws Exception {
        Path train = write("train.tsv", "text\tlabel\na\t1\nb\t0\nc\t1\n");
        Path dev = write("dev.tsv", "text\tlabel\nb\t0\nx\t1\n");
        Path test = write("test.tsv", "text\tlabel\na\t0\ny\t1\na\t1\n");
        assertThat(TaskData.load(task(train, dev, test), 1).notes())
                .containsExactly("1 dev row is among the training rows too.", "2 test rows are among the training rows too.");
        TaskData dropped = TaskData.load(task(train, dev, test, "task.files.dropRepeated=true"), 1);
        assertThat(dropped.train()).containsExactly(TaskRow.labeled("c", 1));
        assertThat(dropped.test()).hasSize(3);
        assertThat(dropped.notes()).containsExactly("2 training rows are among the dev or test rows too, and left out.");
        refuse(task(train, train, test, "task.files.dropRepeated=true"), 1, "Every training row", "task.files.dropRepeated");
    }

    @Test
    void mnliIsReadFromJsonLinesAndCnnFromCsv() {
        Path data = Path.of("..", "shared", "data");
        assumeTrue(Files.exists(data), "needs ../shared/data");
        Path mnli = data.resolve("mnli");
        TaskData pairs = TaskData.load(task(mnli.resolve("train.jsonl"), mnli.resolve("dev.jsonl"), null, "task.textColumns=premise",
                "task.pairColumns=hypothesis", "task.prompt={text}|{pair}",
                "task.labels=entailment=yes,neutral=maybe,contradiction=no"), 1);
        assertThat(pairs.dev()).hasSize(9815);
        assertThat(pairs.train().size() + pairs.test().size()).isEqualTo(8999);
        assertThat(pairs.dev().stream().filter(row -> row.label() == 2).count()).as("contradictions, counted in Python").isEqualTo(3213);
        Path cnn = data.resolve("cnn-dailymail");
        TaskData summaries = TaskData.load(task(cnn.resolve("sample-200.csv"), null, cnn.resolve("sample-100.csv"), "task.kind=generation",
                "task.textColumns=article,text", "task.answerColumns=highlights,y"), 1);
        assertThat(summaries.test()).hasSize(100).allMatch(row -> !row.reference().isBlank() && row.label() == TaskRow.NO_LABEL);
        assertThat(summaries.test().stream().mapToInt(row -> row.reference().length()).sum()).as("29,260 in Python, less outer space")
                .isBetween(29_200, 29_260);
    }

    private static void refuse(Task task, long seed, String... parts) {
        assertThatThrownBy(() -> TaskData.load(task, seed)).isInstanceOf(InvalidInput.class).hasMessageContainingAll(parts);
    }

    private Path write(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content);
    }

    private static Task task(Path train, Path dev, Path test, String... settings) {
        List<String> all = new ArrayList<>(List.of("task.source=files", "task.train=" + train, "task.dev=" + text(dev),
                "task.test=" + text(test), "task.textColumns=text", "task.maxTrainRows=0"));
        all.addAll(List.of(settings));
        Experiment experiment = ExperimentFile.withOverrides(ExperimentFile.quickstart(), all);
        return experiment.task();
    }

    private static String text(Path file) {
        return file == null ? "" : file.toString();
    }
}
