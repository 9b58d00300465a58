package org.bitdistillery.ui.data;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.bitdistillery.config.Task;
import org.bitdistillery.event.DataReport;
import org.bitdistillery.ui.experiment.ExperimentViewModel;

/// What the window knows of the experiment's data, and the columns that its task reads.
public final class DataViewModel {

    /// A part of a row that a column is chosen for.
    public enum Part {
        TEXT("task.textColumns"), PAIR("task.pairColumns"), LABEL("task.labelColumn"), ANSWER("task.answerColumns");

        private final String setting;

        Part(String setting) {
            this.setting = setting;
        }
    }

    private final ExperimentViewModel experiment;
    private final Look<DataReport> report;
    private final Look<PreflightAnswer> preflight;

    public DataViewModel(ExperimentViewModel experiment, SelfCommand program, Executor window) {
        this.experiment = experiment;
        report = new Look<>("data", DataReport.class, program, experiment.experimentProperty()::get, window);
        preflight = new Look<>("validate", PreflightAnswer.class, program, experiment.experimentProperty()::get, window);
    }

    public Look<DataReport> report() {
        return report;
    }

    public Look<PreflightAnswer> preflight() {
        return preflight;
    }

    public ExperimentViewModel experiment() {
        return experiment;
    }

    /// The parts that a row of this kind of task has.
    public List<Part> parts() {
        boolean answers = experiment.experimentProperty().get().task().kind() == Task.Kind.GENERATION;
        return List.of(Part.TEXT, Part.PAIR, answers ? Part.ANSWER : Part.LABEL);
    }

    /// The column that a part is read from: the first named one that the file has; empty for none.
    public String column(Part part, List<String> columns) {
        Task task = experiment.experimentProperty().get().task();
        List<String> named = switch (part) {
            case TEXT -> task.textColumns();
            case PAIR -> task.pairColumns();
            case LABEL -> List.of(task.labelColumn());
            case ANSWER -> task.answerColumns();
        };
        return named.stream().filter(columns::contains).findFirst().orElse("");
    }

    /// Reads a part from another column.
    public void choose(Part part, String column) {
        experiment.set(part.setting, column);
        if (part == Part.PAIR) {
            String prompt = experiment.text("task.prompt");
            if (column.isEmpty() && prompt.contains(Task.PAIR_SLOT)) {
                experiment.set("task.prompt", prompt.replace("\n" + Task.PAIR_SLOT, "").replace(Task.PAIR_SLOT, ""));
            } else if (!column.isEmpty() && !prompt.contains(Task.PAIR_SLOT)) {
                experiment.set("task.prompt", prompt.replace(Task.TEXT_SLOT, Task.TEXT_SLOT + "\n" + Task.PAIR_SLOT));
            }
        }
    }

    /// Takes over what the columns seem to be.
    public void adopt(DataReport.Mapping mapping) {
        mapping.settings().forEach(experiment::set);
    }

    /// Whether the suggested settings are those of the experiment already.
    public boolean isAdopted(DataReport.Mapping mapping) {
        return mapping.settings().entrySet().stream().allMatch(setting -> {
            String now = experiment.text(setting.getKey());
            return Stream.of(now.split("[\n,]")).toList().equals(Stream.of(setting.getValue().split("[\n,]")).toList());
        });
    }
}
