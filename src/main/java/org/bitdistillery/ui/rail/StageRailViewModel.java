package org.bitdistillery.ui.rail;

import java.util.List;
import javafx.beans.InvalidationListener;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.SimpleObjectProperty;
import org.bitdistillery.analysis.StageStatus;
import org.bitdistillery.analysis.StageStatus.State;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.StageId;
import org.bitdistillery.ui.experiment.ExperimentViewModel;
import org.bitdistillery.ui.experiment.FormSection;
import org.bitdistillery.ui.run.RunPhase;
import org.bitdistillery.ui.run.RunViewModel;

/// The pages of the settings as a list, each stage with where it stands in the run that is shown.
public final class StageRailViewModel {

    /// What one entry of the rail says.
    ///
    /// @param state    null for what is no stage
    /// @param text     the state in words
    /// @param fraction 0..1, of a stage that runs
    /// @param problem  whether one of its settings is wrong
    public record Entry(FormSection section, State state, String text, double fraction, boolean problem) {}

    private final ExperimentViewModel experiment;
    private final RunViewModel run;
    private final List<FormSection> sections = FormSection.all();
    private final ObjectProperty<FormSection> selected = new SimpleObjectProperty<>(sections.getFirst());
    private final ReadOnlyLongWrapper updates = new ReadOnlyLongWrapper();

    public StageRailViewModel(ExperimentViewModel experiment, RunViewModel run) {
        this.experiment = experiment;
        this.run = run;
        InvalidationListener changed = _ -> updates.set(updates.get() + 1);
        experiment.experimentProperty().addListener(changed);
        experiment.problems().addListener(changed);
        run.updatesProperty().addListener(changed);
    }

    public List<Entry> entries() {
        return sections.stream().map(this::entry).toList();
    }

    public List<FormSection> sections() {
        return sections;
    }

    public ObjectProperty<FormSection> selectedProperty() {
        return selected;
    }

    /// Changes when an entry may have.
    public ReadOnlyLongProperty updatesProperty() {
        return updates.getReadOnlyProperty();
    }

    private Entry entry(FormSection section) {
        boolean problem = experiment.problemAmong(section.settings()).isPresent();
        if (section.stage() == null) {
            return new Entry(section, null, problem ? "Needs a correction" : summary(section), 0, problem);
        }
        if (run.phaseProperty().get() == RunPhase.IDLE) {
            boolean on = experiment.isOn(section.key());
            String text = problem ? "Needs a correction" : on ? "On" : "Off";
            return new Entry(section, on ? State.WAITING : State.OFF, text, 0, problem);
        }
        StageStatus status = run.history().progress().stage(section.stage());
        if (status.state() == State.RUNNING && !run.phaseProperty().get().isLive()) {
            return interrupted(section, status);
        }
        return new Entry(section, status.state(), text(section.stage(), status), status.fraction(), false);
    }

    private String summary(FormSection section) {
        return switch (section.key()) {
            case "experiment" -> experiment.text("name");
            case "task" -> experiment.text("task.source").equals("starter") ? "Starter data" : "Your files";
            default -> "One scale a " + experiment.text("quantization.granularity");
        };
    }

    /// The log ends in the middle of a stage.
    private Entry interrupted(FormSection section, StageStatus status) {
        boolean failed = run.phaseProperty().get() == RunPhase.FAILED;
        String text = (failed ? "Failed at " : "Stopped at ") + Math.round(100 * status.fraction()) + " %";
        return new Entry(section, failed ? State.FAILED : State.WAITING, text, status.fraction(), false);
    }

    private String text(StageId stage, StageStatus status) {
        return switch (status.state()) {
            case OFF -> run.history().progress().phase() == org.bitdistillery.analysis.RunProgress.Phase.WAITING
                    && experiment.isOn(stage.key()) ? "Waiting" : "Off";
            case WAITING -> "Waiting";
            case RUNNING -> Math.round(100 * status.fraction()) + " %"
                    + (status.steps() > 0 ? "  ·  step " + Units.count(status.step()) + " of " + Units.count(status.steps()) : "");
            case DONE -> status.reused() ? "Done earlier" : Units.duration(status.seconds());
            case FAILED -> "Failed at " + Math.round(100 * status.fraction()) + " %";
        };
    }
}
