package org.bitdistillery.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bitdistillery.TinyExperiment;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.MemorySaving;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.data.BpeTrainer;
import org.bitdistillery.data.Example;
import org.bitdistillery.data.TaskData;
import org.bitdistillery.event.DataReport;
import org.bitdistillery.event.PreflightCheck;
import org.bitdistillery.event.PreflightCheck.Level;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is looked at before a run, on the starter teacher and on small files.
class PreflightListTest {

    @TempDir
    Path folder;

    @Test
    void theQuickStartIsGreenAllOver() {
        List<PreflightCheck> checks = PreflightList.of(TinyExperiment.with(), folder);
        assertThat(checks).allSatisfy(check -> assertThat(check.level()).as(check.finding()).isEqualTo(Level.GREEN));
        assertThat(checks).extracting(PreflightCheck::subject)
                .contains("Model", "Vocabulary", "Rows", "Lengths", "Label words", "Memory", "Disk");
        assertThat(find(checks, "Label words").finding()).contains("negative [419]", "positive [420]");
    }

    @Test
    void rowsThatAreLongRareOrRepeatedAreAmberWithARemedy() throws Exception {
        StringBuilder rows = new StringBuilder("text\tlabel\n");
        for (int i = 0; i < 60; i++) {
            rows.append(i == 7 ? "word ".repeat(200) : "row " + i).append('\t').append(i == 3 ? 1 : 0).append('\n');
        }
        Path file = Files.writeString(folder.resolve("train.tsv"), rows + "bad\n");
        List<PreflightCheck> checks = PreflightList.of(files(file, "task.files.badRows=1"), folder);
        assertThat(checks).noneMatch(check -> check.level() == Level.RED);
        assertThat(find(checks, "Lengths").remedy()).contains("Raise task.maxTokens (the model reads up to 1,024)");
        assertThat(find(checks, "Lengths").finding()).startsWith("1.7 % of the train rows have more than 128 tokens");
        assertThat(find(checks, "Label balance").finding()).startsWith("Only 1 of the 60 train rows (1.7 %) are \"positive\"");
        assertThat(find(checks, "Repeated rows").finding()).startsWith("60 dev rows are among the training rows");
        assertThat(find(checks, "Rows").finding()).contains("1 bad ones are left out", "line 62 has 1 tab-separated columns");
        assertThat(checks).filteredOn(check -> check.level() == Level.AMBER).allSatisfy(check -> {
            assertThat(check.remedy()).isNotBlank();
            assertThat(check.field()).startsWith("task.");
        });
    }

    @Test
    void aLabelWithoutRowsIsTold() throws Exception {
        Path file = Files.writeString(folder.resolve("train.tsv"), "text\tlabel\na\t1\nb\t1\n");
        PreflightCheck balance = find(PreflightList.of(files(file), folder), "Label balance");
        assertThat(balance.level()).isEqualTo(Level.AMBER);
        assertThat(balance.finding()).isEqualTo("None of the 2 train rows is \"negative\".");
        assertThat(balance.remedy()).startsWith("This label cannot be learned");
    }

    @Test
    void theSizeOfKeptLogitsIsTheOneOnDisk() {
        PreflightCheck check = find(PreflightList.of(
                TinyExperiment.with("task.maxTrainRows=4000", "distill.cachedLogits=64", "distill.logitsTokens=answer"), folder), "Teacher logits");
        assertThat(check.finding()).as("4,000 rows of one token, an id and a logarithm for each of 64, and the rest")
                .isEqualTo("The teacher's 64 largest logits of 4,000 rows take about 1 MiB in the run's folder.");
        assertThat(PreflightList.of(TinyExperiment.with(), folder)).noneMatch(other -> other.subject().equals("Teacher logits"));
    }

    @Test
    void whatStopsARunIsRedAndTheRestIsStillTold() throws Exception {
        Path file = Files.writeString(folder.resolve("train.tsv"), "text\tlabel\na\t1\nb\t7\n");
        List<PreflightCheck> checks = PreflightList.of(files(file), folder);
        assertThat(checks.getFirst().level()).isEqualTo(Level.RED);
        assertThat(checks.getFirst().finding()).contains("train.tsv, line 3, column label");
        assertThat(checks).extracting(PreflightCheck::subject).contains("Model", "Memory", "Disk").doesNotContain("Label words");
        PreflightCheck same = find(PreflightList.of(TinyExperiment.with("task.labels=0=good,1=good film"), folder), "Task");
        assertThat(same.level()).isEqualTo(Level.RED);
        assertThat(same.finding()).contains("cannot tell the words \"good\" and \"good film\" apart");
    }

    @Test
    void filesAndFieldsKeepTheirSpellingAndTheRemedyIsTheLastSentence() {
        assertRed("teacher.path", "model.safetensors ends after 8 bytes, its header promises 16: the download was cut off. Fetch it again.",
                "model.safetensors ends after 8 bytes, its header promises 16: the download was cut off.", "Fetch it again.");
        assertRed("teacher.path", "/a b/config.json: rms_norm_eps is -5, it must be at most 1.0. Mend the field.",
                "/a b/config.json: rms_norm_eps is -5, it must be at most 1.0.", "Mend the field.");
        assertRed("teacher.path", "x/config.json: nothing to be done", "x/config.json: nothing to be done", "Mend it.");
        assertRed("task", "the prompt leaves 3 tokens: lower task.maxTokens.", "The prompt leaves 3 tokens.", "Lower task.maxTokens.");
        assertRed("task.maxTokens", "is 600 tokens, but the model reads at most 512: lower it.",
                "task.maxTokens is 600 tokens, but the model reads at most 512.", "Lower it.");
    }

    private static void assertRed(String field, String message, String finding, String remedy) {
        assertThat(PreflightList.red(new ConfigProblem(field, message)))
                .returns(finding, PreflightCheck::finding).returns(remedy, PreflightCheck::remedy);
    }

    @Test
    void aTeacherWhoseTokensHaveOtherNumbersIsRefusedByTheFirstThatDiffers() throws Exception {
        Path teacher = Files.createDirectories(folder.resolve("teacher"));
        Files.writeString(teacher.resolve("tokenizer.json"), BpeTrainer.train(List.of("ab ab ab"), 300));
        Architecture shape = BaseModel.architecture(TinyExperiment.with().teacher());
        ConfigJson.write(teacher, shape, LinearMode.FULL, DType.F32);
        List<PreflightCheck> checks = PreflightList.of(TinyExperiment.with("distill.teacher=" + teacher), folder);
        assertThat(checks).anySatisfy(check -> {
            assertThat(check.level()).isEqualTo(Level.RED);
            assertThat(check.subject()).isEqualTo("Teacher");
        });
    }

    @Test
    void aTeacherWithOtherSpecialTokensIsAmberAndNamesThem() throws Exception {
        TeacherStage own = TinyExperiment.with("teacher.source=starter").teacher();
        Path teacher = Files.createDirectories(folder.resolve("teacher"));
        Files.copy(BaseModel.tokenizer(own).resolve("tokenizer.json"), teacher.resolve("tokenizer.json"));
        try (Decoder random = Decoder.random(BaseModel.architecture(own), 1)) {
            ModelFolder.save(random, teacher, DType.F16);
        }
        Experiment distilled = TinyExperiment.with("teacher.source=starter", "distill.teacher=" + teacher);
        assertThat(find(PreflightList.of(distilled, folder), "Teacher").level()).isEqualTo(Level.GREEN);
        Files.writeString(teacher.resolve("tokenizer_config.json"), "{\"add_bos_token\": false, \"pad_token\": \"<s>\"}");
        PreflightCheck other = find(PreflightList.of(distilled, folder), "Teacher");
        assertThat(other.level()).isEqualTo(Level.AMBER);
        assertThat(other.finding()).contains("begin with no token of their own, the student's with <s> (")
                .contains("are filled up with <s> (").doesNotContain("end with");
    }

    /// Weights, gradients and two moments are 16 bytes a weight; the rest grows with batch times length.
    @Test
    void memoryGrowsWithWeightsAndTokens() {
        Architecture shape = BaseModel.architecture(TinyExperiment.with().teacher());
        Experiment finetune = TinyExperiment.with("pretrain.enabled=false", "distill.enabled=false", "baseline.enabled=false");
        MemoryNeed need = MemoryNeed.of(finetune, shape, shape, 100);
        long weights = need.parts().stream().filter(part -> List.of("weights", "gradients", "optimizer").contains(part.name()))
                .mapToLong(MemoryNeed.Part::bytes).sum();
        assertThat(weights).isEqualTo(16 * MemoryNeed.parameters(shape));
        assertThat(MemoryNeed.of(finetune, shape, shape, 200).bytes()).isGreaterThan(need.bytes() + (need.bytes() - weights) / 10);
        assertThat(need.stage()).isEqualTo("finetune");
    }

    /// What the model library shows is the same estimate.
    @Test
    void theLibraryCountsAsPreflightDoes() {
        Architecture shape = BaseModel.architecture(TinyExperiment.with().teacher());
        Experiment distillation = ExperimentFile.withOverrides(Experiment.DEFAULTS, List.of("teacher.source=starter", "finetune.enabled=false",
                "pretrain.enabled=false", "baseline.enabled=false"));
        assertThat(Pipeline.memoryNeeded(shape, Set.of())).isEqualTo(MemoryNeed.of(distillation, shape, shape, 64).bytes());
        assertThat(Pipeline.memoryNeeded(shape, Set.of(MemorySaving.FROZEN_EMBEDDINGS))).isEqualTo(MemoryNeed.of(
                ExperimentFile.withOverrides(distillation, List.of("compute.frozenEmbeddings=true")), shape, shape, 64).bytes())
                .isLessThan(Pipeline.memoryNeeded(shape, Set.of()));
    }

    @Test
    void timeComesFromRealSteps() {
        PreflightCheck time = TimeNeed.measure(TinyExperiment.with("baseline.enabled=false", "finetune.enabled=false", "pretrain.enabled=false",
                "distill.epochs=4"));
        assertThat(time.level()).as(time.finding()).isEqualTo(Level.GREEN);
        assertThat(time.finding()).matches("Training takes about [\\d.]+ (s|min) on this machine \\(Distillation .*\\), from 3 real steps.*");
    }

    @Test
    void theDataReportShowsRowsLabelsLengthsAndPromptsAsTheModelSeesThem() throws Exception {
        Path file = Files.writeString(folder.resolve("train.csv"), "id,text,label\n1,\"A fine, long film.\",1\n2,Dull.,0\n3,Dull.,0\n4,x,9\n");
        DataReport report = DataInspection.of(files(file, "task.files.badRows=1"));
        DataReport.Split train = report.splits().getFirst();
        assertThat(train.format()).isEqualTo("csv");
        assertThat(train.columns()).containsExactly("id", "text", "label");
        assertThat(train.preview().getFirst()).containsExactly("1", "A fine, long film.", "1");
        assertThat(train.labels()).containsEntry("negative", 2L).containsEntry("positive", 1L);
        assertThat(train.badRows()).isEqualTo(1);
        assertThat(train.problems()).singleElement().asString().contains("line 5, column label");
        assertThat(train.repeated()).isEqualTo(1);
        assertThat(report.splits().get(1).inTrain()).isEqualTo(3);
        assertThat(train.lengths().bins().stream().mapToInt(Integer::intValue).sum()).isEqualTo(3);
        assertThat(report.prompts().getFirst().prompt()).isEqualTo("A fine, long film.\nSentiment:");
        assertThat(report.prompts().getFirst().answer().strip()).isEqualTo("positive");
        assertThat(report.problems()).isEmpty();
        DataReport broken = DataInspection.of(files(folder.resolve("none.tsv")));
        assertThat(broken.problems()).isNotEmpty().first().asString().contains("none.tsv does not exist");
    }

    /// The data report and what models are trained and scored on come from one encoder; a packed file gets the same prompt.
    @Test
    void aChatTemplateIsShownTrainedOnAndShippedAlike() throws Exception {
        Path model = Files.createDirectories(folder.resolve("chat-model"));
        Path starter = BaseModel.tokenizer(TinyExperiment.with("teacher.source=starter").teacher());
        for (String name : List.of("config.json", "tokenizer.json")) {
            Files.copy(starter.resolve(name), model.resolve(name));
        }
        Files.writeString(model.resolve("tokenizer_config.json"), "{\"bos_token\": \"<s>\", \"add_bos_token\": true, \"chat_template\": \""
                + "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}</s>{% endfor %}"
                + "{% if add_generation_prompt %}assistant: {% endif %}\"}");
        Path file = Files.writeString(folder.resolve("train.tsv"), "text\tlabel\na lovely film\t1\na bore\t0\n");
        Experiment experiment = files(file, "teacher.source=folder", "teacher.path=" + model, "task.chatTemplate=on");
        DataReport.Prompt shown = DataInspection.of(experiment).prompts().getFirst();
        assertThat(shown.prompt()).isEqualTo("user: a lovely film\nSentiment:</s>assistant: ");
        assertThat(shown.answer()).isEqualTo("positive");
        try (TaskInputs inputs = TaskInputs.load(experiment.task(), TaskData.load(experiment.task(), 1), model)) {
            Example row = inputs.train().getFirst();
            assertThat(inputs.tokenizer().decodeWhole(row.prompt())).isEqualTo("<s>" + shown.prompt());
            assertThat(row.length()).isEqualTo(shown.tokens());
        }
        assertThat(TaskInputs.prompt(experiment.task(), model)).isEqualTo("user: {text}\nSentiment:</s>assistant: ");
        DataReport none = DataInspection.of(TinyExperiment.with("teacher.source=folder", "teacher.path=" + starter, "task.chatTemplate=on"));
        assertThat(none.problems()).singleElement().asString().contains("task.chatTemplate is on, but");
    }

    private static PreflightCheck find(List<PreflightCheck> checks, String subject) {
        return checks.stream().filter(check -> check.subject().equals(subject)).findFirst().orElseThrow();
    }

    private static Experiment files(Path file, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "task.source=files", "task.train=" + file, "task.dev=" + file, "task.test=" + file, "task.textColumns=text"));
        all.addAll(List.of(settings));
        return TinyExperiment.with(all.toArray(String[]::new));
    }
}
