package org.bitdistillery.ui.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.DataReport;
import org.bitdistillery.event.PreflightCheck;
import org.bitdistillery.run.EventJson;
import org.bitdistillery.ui.experiment.ExperimentViewModel;
import org.junit.jupiter.api.Test;

class DataViewModelTest {

    private final ExperimentViewModel experiment = new ExperimentViewModel();
    private final AtomicReference<String> answer = new AtomicReference<>("");
    private final DataViewModel data = new DataViewModel(experiment, (command, asked) -> {
        if (answer.get().isEmpty()) {
            throw new InvalidInput("train.tsv does not exist: check the path.");
        }
        return answer.get();
    }, Runnable::run);

    @Test
    void columnsThatLookLikeAKnownDataSetAreTakenOverAsSettings() {
        DataReport.Mapping qnli = new DataReport.Mapping("QNLI", Map.of(
                "task.textColumns", "question", "task.pairColumns", "sentence", "task.labels", "entailment=yes,not_entailment=no",
                "task.prompt", "{text}\n{pair}\nAnswered:"));
        assertThat(data.isAdopted(qnli)).isFalse();
        data.adopt(qnli);
        assertThat(data.isAdopted(qnli)).isTrue();
        assertThat(experiment.validProperty().get()).isTrue();
        assertThat(experiment.experimentProperty().get().task().labels()).containsExactly(
                Map.entry("entailment", "yes"), Map.entry("not_entailment", "no"));
        assertThat(data.column(DataViewModel.Part.PAIR, List.of("index", "question", "sentence", "label"))).isEqualTo("sentence");
    }

    @Test
    void choosingAPairPutsItIntoThePromptAndChoosingNoneTakesItOut() {
        data.choose(DataViewModel.Part.PAIR, "hypothesis");
        assertThat(experiment.text("task.prompt")).isEqualTo("{text}\n{pair}\nSentiment:");
        assertThat(experiment.validProperty().get()).isTrue();
        data.choose(DataViewModel.Part.PAIR, "");
        assertThat(experiment.text("task.prompt")).isEqualTo("{text}\nSentiment:");
        assertThat(experiment.validProperty().get()).isTrue();
    }

    @Test
    void theReportArrivesAsTheCommandLinePrintsIt() {
        DataReport.TokenLengths lengths = new DataReport.TokenLengths(3, 2, List.of(1, 2), 1.5, 3, 128, 0);
        DataReport report = new DataReport(
                List.of(new DataReport.Split("train", "a.tsv", "tsv", true, "", List.of("text"), List.of(List.of("x")), 3, 0, List.of(),
                        Map.of("good", 3L), 0, 0, lengths)),
                List.of(new DataReport.Prompt("x:", "good", 3, 0)), null, List.of(), List.of(), List.of("note"), "starter");
        answer.set(EventJson.compact(report));
        data.report().look();
        await().until(() -> !data.report().busyProperty().get());
        assertThat(data.report().answerProperty().get()).isEqualTo(report);
        answer.set("");
        data.report().look();
        await().until(() -> !data.report().busyProperty().get());
        assertThat(data.report().answerProperty().get()).isNull();
        assertThat(data.report().problemProperty().get()).contains("train.tsv does not exist");
    }

    @Test
    void redChecksAreFound() {
        PreflightCheck red = PreflightCheck.red("Disk", "Full.", "Free some space.", "telemetry.keepCheckpoints");
        answer.set(EventJson.compact(new PreflightAnswer(false, List.of(), List.of(PreflightCheck.green("Model", "Fine."), red))));
        data.preflight().look();
        await().until(() -> data.preflight().answerProperty().get() != null);
        assertThat(data.preflight().answerProperty().get().red()).contains(red);
        assertThat(data.preflight().subjectProperty().get()).isEqualTo(experiment.experimentProperty().get());
    }
}
