package org.bitdistillery.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bitdistillery.TinyExperiment;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.config.Task;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.data.TaskFile;
import org.bitdistillery.data.TaskRow;
import org.bitdistillery.export.ExportFiles;
import org.bitdistillery.export.Students;
import org.bitdistillery.inference.PackedMetadata;
import org.bitdistillery.inference.PackedOptions;
import org.bitdistillery.inference.PackedWriter;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Family;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.train.Evaluator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskClassifierTest {

    private static final Path TEACHER = Path.of("resources/starter-teacher");

    @TempDir
    private Path folder;

    /// Labels of one token, and of several.
    @ParameterizedTest
    @ValueSource(strings = {"0=negative,1=positive", "0=bad food,1=good food"})
    void aFileIsAnsweredAsTheEvaluationAnswersIt(String labels) throws IOException {
        Path student = Students.write(folder.resolve("student"), Students.shape(Family.LLAMA, SubLnPlacement.PAPER, 256), 5);
        Task task = TinyExperiment.with("task.labels=" + labels, "task.prompt=Said: {text}", "task.maxTokens=24").task();
        StringBuilder lines = new StringBuilder("sentence\tlabel\n");
        List<TaskRow> starter = TaskData.load(TinyExperiment.with().task(), 1).test();
        // Random weights say what the last token makes them say: a word, and not the full stop that all rows end with.
        starter.forEach(row -> lines.append(row.text().replaceAll("\\W+$", "")).append('\t').append(row.label()).append('\n'));
        List<TaskRow> rows = TaskFile.toClassify(Files.writeString(folder.resolve("rows.tsv"), lines), task).rows();

        List<String> answers;
        try (TaskClassifier classifier = TaskClassifier.open(student, task, 1)) {
            answers = rows.stream().map(row -> classifier.classify(row.text(), row.pair()).label()).toList();
        }

        TaskData data = new TaskData(rows, rows, rows, List.copyOf(task.labels().values()), Map.of(), List.of());
        try (TaskInputs inputs = TaskInputs.load(task, data, student); Decoder decoder = ModelFolder.load(student);
                Evaluator evaluator = new Evaluator(decoder, 16)) {
            Evaluator.Result result = evaluator.classify(inputs.test(), inputs.answers(), _ -> {});
            assertThat(rows).hasSize(40);
            assertThat(answers).containsExactlyElementsOf(
                    Arrays.stream(result.predictions()).mapToObj(List.copyOf(task.labels().keySet())::get).toList());
            assertThat(answers).as("a model that always says the same would show little").contains("0", "1");
        }
    }

    /// The prompt's beginning and the tokens come from inside the files.
    @Test
    void exportedFilesAnswerAsTheStudentsFolder() throws IOException {
        Path student = Students.write(folder.resolve("student"), Students.shape(Family.LLAMA, SubLnPlacement.PAPER, 256), 5);
        Task task = TinyExperiment.with().task();
        List<TaskClassifier.Answer> expected = answers(student, task);

        for (Format format : List.of(Format.PACKED, Format.TQ2_0)) {
            Path target = Files.createDirectory(folder.resolve(format.name()));
            Path file = ExportFiles.write(Students.plan(student, format, Embeddings.F16), target, (_, _) -> {});
            assertThat(answers(file, task)).usingRecursiveComparison().ignoringFields("seconds").isEqualTo(expected);
        }
    }

    private static List<TaskClassifier.Answer> answers(Path model, Task task) {
        try (TaskClassifier classifier = TaskClassifier.open(model, task, 2)) {
            return List.of(classifier.classify("the soup was fine", ""), classifier.classify("the soup was cold", ""),
                    classifier.classify("a long and winding story of a film that nobody saw ".repeat(40), ""));
        }
    }

    @Test
    void probabilitiesAddUpToOneAndTheLikeliestIsTheAnswer() {
        Task task = TinyExperiment.with("task.pairColumns=other", "task.labels=yes=good,maybe=fine,no=bad",
                "task.prompt={text}\n{pair}:", "task.maxTokens=32").task();
        try (TaskClassifier classifier = TaskClassifier.open(TEACHER, task, 1)) {
            TaskClassifier.Answer answer = classifier.classify("the soup was cold", "the soup was fine");

            assertThat(answer.probabilities().keySet()).containsExactly("good", "fine", "bad");
            assertThat(answer.probabilities().values().stream().mapToDouble(share -> share).sum()).isCloseTo(1, within(1e-12));
            assertThat(answer.probabilities()).allSatisfy((word, share) -> assertThat(share).isLessThanOrEqualTo(
                    answer.probabilities().get(answer.word())));
            assertThat(task.labels()).containsEntry(answer.label(), answer.word());
            assertThat(answer.promptTokens()).isBetween(4, 31);
            assertThat(answer.seconds()).isPositive();
            assertThatThrownBy(() -> classifier.classify("the soup was cold", "")).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("give the second text");
            assertThatThrownBy(() -> classifier.classify(" \n", "x")).isInstanceOf(InvalidInput.class).hasMessageContaining("is empty");
        }
    }

    @Test
    void whatCannotClassifySaysWhy() throws IOException {
        Task task = TinyExperiment.with().task();
        Path student = Students.write(folder.resolve("student"), Students.shape(Family.LLAMA, SubLnPlacement.PAPER, 256), 5);
        Files.delete(student.resolve("tokenizer.json"));
        Path packed = folder.resolve("student.bitd");
        PackedWriter.write(student, PackedOptions.DEFAULTS, PackedMetadata.NONE, packed);

        assertRefused(TEACHER, TinyExperiment.with("task.kind=generation", "task.source=files", "task.train=x").task(), "task.kind is generation");
        assertRefused(student, task, student + " has no tokenizer.json");
        assertRefused(packed, task, packed + " has no tokenizer inside");
        assertRefused(folder.resolve("nowhere"), task, "nowhere does not exist");
        assertRefused(Files.writeString(folder.resolve("text.bitd"), "words"), task, "text.bitd");
    }

    /// A file's companions lie in a folder that nobody has heard of.
    @Test
    void whatIsWrongInsideAFileIsSaidOfTheFile() throws IOException {
        Path student = Students.write(folder.resolve("student"), Students.shape(Family.LLAMA, SubLnPlacement.PAPER, 256), 5);
        Path packed = folder.resolve("student.bitd");
        PackedWriter.write(student, PackedOptions.DEFAULTS, PackedMetadata.NONE, packed);

        Task task = TinyExperiment.with("task.chatTemplate=on", "teacher.source=folder", "teacher.path=x").task();
        assertRefused(packed, task, "but " + packed + " has neither chat_template.jinja");
    }

    private static void assertRefused(Path model, Task task, String words) {
        assertThatThrownBy(() -> TaskClassifier.open(model, task, 1)).isInstanceOf(InvalidInput.class).hasMessageContaining(words);
    }
}
