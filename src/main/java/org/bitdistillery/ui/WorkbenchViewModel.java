package org.bitdistillery.ui;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.platform.SelfProcess;
import org.bitdistillery.platform.SettingsFile;
import org.bitdistillery.platform.UserSettings;
import org.bitdistillery.run.RunArchive;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.ui.Notice.Kind;
import org.bitdistillery.ui.data.DataViewModel;
import org.bitdistillery.ui.data.PreflightAnswer;
import org.bitdistillery.ui.data.SelfCommand;
import org.bitdistillery.ui.experiment.ExperimentViewModel;
import org.bitdistillery.ui.live.LiveViewModel;
import org.bitdistillery.ui.models.ModelsViewModel;
import org.bitdistillery.ui.playground.ModelChoice;
import org.bitdistillery.ui.playground.PlaygroundViewModel;
import org.bitdistillery.ui.rail.StageRailViewModel;
import org.bitdistillery.ui.run.RunPhase;
import org.bitdistillery.ui.run.RunViewModel;
import org.bitdistillery.ui.study.StudyViewModel;

/// What the window as a whole can do. Everything that the user can mend ends as a [Notice], never as an exception.
public final class WorkbenchViewModel {

    private final ExperimentViewModel experiment = new ExperimentViewModel();
    private final RunViewModel run;
    private final LiveViewModel live;
    private final StageRailViewModel rail;
    private final StudyViewModel study;
    private final ModelsViewModel models;
    private final PlaygroundViewModel playground;
    private final ModelHub hub;
    private final DataViewModel data;
    private final ReadOnlyObjectWrapper<Notice> notice = new ReadOnlyObjectWrapper<>();

    /// A window that knows neither models nor settings of the user.
    ///
    /// @param runs   folder of the runs
    /// @param window runs what it is given on the thread that owns the properties
    public WorkbenchViewModel(RunExecutor executor, Path runs, Executor window) {
        this(executor, runs, new ModelHub(SettingsFile.forgetful(), Map.of(), runs, runs), window);
    }

    /// @param hub the user's models and settings
    public WorkbenchViewModel(RunExecutor executor, Path runs, ModelHub hub, Executor window) {
        this.hub = hub;
        models = new ModelsViewModel(hub, task -> Thread.ofVirtual().name("models").start(task), window);
        playground = new PlaygroundViewModel(experiment.experimentProperty(), SelfProcess::command, window);
        data = new DataViewModel(experiment, SelfCommand.ofThisProgram(), window);
        run = new RunViewModel(executor, runs, window);
        live = new LiveViewModel(run);
        rail = new StageRailViewModel(experiment, run);
        study = new StudyViewModel(executor, runs.resolveSibling("studies"), window, this::tellError);
        run.phaseProperty().addListener((_, _, phase) -> phaseChanged(phase));
        run.failureProperty().addListener((_, _, _) -> phaseChanged(run.phaseProperty().get()));
    }

    public ExperimentViewModel experiment() {
        return experiment;
    }

    public RunViewModel run() {
        return run;
    }

    public LiveViewModel live() {
        return live;
    }

    public StageRailViewModel rail() {
        return rail;
    }

    public StudyViewModel study() {
        return study;
    }

    public ModelsViewModel models() {
        return models;
    }

    public PlaygroundViewModel playground() {
        return playground;
    }

    /// The models that can be asked: what the shown run made, and the library.
    public List<ModelChoice> playgroundChoices() {
        return ModelChoice.among(run.folder().map(RunFolder::path), models.models());
    }

    /// What the user set for the program as a whole; the defaults where that cannot be read, which is told then.
    public UserSettings settings() {
        try {
            return hub.settings().read();
        } catch (InvalidInput e) {
            tellError(e.getMessage());
            return UserSettings.DEFAULTS;
        }
    }

    public void changeSettings(UnaryOperator<UserSettings> change) {
        attempt(() -> hub.settings().change(change));
    }

    /// Sets the experiment's teacher. The settings of a run that is shown become ones to edit.
    public void useAsTeacher(LibraryModel model) {
        if (experiment.readOnlyProperty().get()) {
            editCopy();
        }
        boolean starter = model.origin() == LibraryModel.Origin.STARTER;
        if (!starter) {
            experiment.replace("teacher.path", model.teacherPath());
        }
        experiment.replace("teacher.source", starter ? "starter" : "folder");
        rail.sections().stream().filter(section -> section.key().equals("teacher")).findFirst().ifPresent(rail.selectedProperty()::set);
    }

    public DataViewModel data() {
        return data;
    }

    /// The sentence above the page, or null.
    public ReadOnlyObjectProperty<Notice> noticeProperty() {
        return notice.getReadOnlyProperty();
    }

    public void dismissNotice() {
        notice.set(null);
    }

    /// Starts a run of what is configured.
    public void start() {
        attempt(() -> {
            notice.set(null);
            requireNothingRed();
            run.start(experiment.experimentProperty().get());
            experiment.readOnlyProperty().set(true);
        });
    }

    /// What the last pre-flight found about these very settings counts.
    private void requireNothingRed() {
        PreflightAnswer checked = data.preflight().answerProperty().get();
        if (checked != null && experiment.experimentProperty().get().equals(data.preflight().subjectProperty().get())) {
            checked.red().ifPresent(red -> {
                throw new InvalidInput("Pre-flight, " + red.subject() + ": " + red.finding() + " " + red.remedy());
            });
        }
    }

    public void pauseOrGoOn() {
        attempt(run.phaseProperty().get().canContinue() ? run::goOn : run::pause);
    }

    public void stop() {
        attempt(run::stop);
    }

    /// Puts a new worker on the run that failed or was stopped.
    public void resume() {
        attempt(() -> {
            notice.set(null);
            run.resumeRun();
        });
    }

    public void openRun(Path folder) {
        attempt(() -> {
            run.open(folder);
            Experiment opened = run.experimentProperty().get();
            experiment.load(opened, folder.toAbsolutePath().getFileName().toString());
            experiment.readOnlyProperty().set(true);
            notice.set(null);
            phaseChanged(run.phaseProperty().get());
        });
    }

    public void openConfiguration(Path file) {
        attempt(() -> {
            experiment.open(file);
            leaveRun();
        });
    }

    public void save(Path file) {
        attempt(() -> {
            AtomicFiles.write(file, experiment.toJson());
            experiment.saved(file);
        });
    }

    /// The settings of the run that is shown become ones to edit. A worker that is at the run goes on.
    public void editCopy() {
        leaveRun();
    }

    /// Says that a run is still going, if one is.
    public void offer(List<RunArchive.Entry> pastRuns) {
        Optional<RunArchive.Entry> going = pastRuns.stream().filter(entry -> entry.state().isLive()).findFirst();
        if (going.isPresent() && run.phaseProperty().get() == RunPhase.IDLE) {
            RunArchive.Entry entry = going.get();
            notice.set(new Notice(Kind.INFORMATION, "The run “" + entry.name() + "” is still going in the background.", "Show it",
                    () -> openRun(entry.folder())));
        }
    }

    public BooleanBinding canStartProperty() {
        return Bindings.createBooleanBinding(this::canStart, experiment.validProperty(), run.phaseProperty());
    }

    public void startIfPossible() {
        if (canStart()) {
            start();
        }
    }

    public void pauseOrGoOnIfPossible() {
        if (run.phaseProperty().get().canPause() || run.phaseProperty().get().canContinue()) {
            pauseOrGoOn();
        }
    }

    public void stopIfPossible() {
        if (run.phaseProperty().get().canStop()) {
            stop();
        }
    }

    /// Shows a sentence on something that went wrong.
    public void tellError(String text) {
        notice.set(Notice.error(text));
    }

    private boolean canStart() {
        return experiment.validProperty().get() && !run.phaseProperty().get().isLive();
    }

    private void leaveRun() {
        run.close();
        experiment.readOnlyProperty().set(false);
        notice.set(null);
    }

    private void phaseChanged(RunPhase phase) {
        switch (phase) {
            case FAILED -> notice.set(new Notice(Kind.ERROR, run.failureProperty().get(), "Resume", this::resume));
            case STOPPED -> notice.set(new Notice(Kind.WARNING, "This run was stopped at "
                    + Units.percent(run.history().progress().fraction()) + ". It can go on from its last checkpoint.",
                    "Resume", this::resume));
            case FINISHED -> notice.set(null);
            default -> { }
        }
    }

    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (InvalidInput e) {
            notice.set(Notice.error(e.getMessage()));
        }
    }
}
