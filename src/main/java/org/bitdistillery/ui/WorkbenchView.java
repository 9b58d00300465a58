package org.bitdistillery.ui;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.concurrent.Task;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.VBox;
import javafx.stage.Stage;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.run.RunArchive;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.ui.benchmark.BenchmarkView;
import org.bitdistillery.ui.benchmark.BenchmarkViewModel;
import org.bitdistillery.ui.data.DataView;
import org.bitdistillery.ui.models.DownloadTask;
import org.bitdistillery.ui.models.DownloadViewModel;
import org.bitdistillery.ui.models.ModelsView;
import org.bitdistillery.ui.playground.ModelChoice;
import org.bitdistillery.ui.playground.PlaygroundView;
import org.bitdistillery.ui.rail.StageRail;
import org.bitdistillery.ui.export.ExportTask;
import org.bitdistillery.ui.export.ExportViewModel;
import org.bitdistillery.ui.run.RunPhase;
import org.bitdistillery.ui.run.RunTask;
import org.bitdistillery.ui.run.RunViewModel;
import org.bitdistillery.ui.study.StudyView;
import org.controlsfx.control.StatusBar;
import org.kordamp.ikonli.feather.Feather;

/// The window: top bar, rail of the stages, settings, the run, status bar.
public final class WorkbenchView extends BorderPane implements WorkbenchActions {

    private static final double NARROW = 1150;
    private static final double SETTINGS_SHARE = 0.335;
    private static final double WIDE = 1600;
    private static final double WIDE_SETTINGS_SHARE = 0.26;

    private final WorkbenchViewModel workbench;
    private final BackgroundTasks tasks = new BackgroundTasks();
    private final BenchmarkViewModel benchmark = new BenchmarkViewModel(tasks::start);
    private final PulseMonitor pulses = new PulseMonitor();
    private final Dialogs dialogs = new Dialogs(this);
    private final SplitPane split = new SplitPane();
    private final StatusBar status = new StatusBar();
    private final TopBar top;
    private final RunPane runPane;
    private final PageBar pages;
    private Theme theme;

    public WorkbenchView(WorkbenchViewModel workbench) {
        this.workbench = workbench;
        theme = Theme.named(workbench.settings().theme());
        setId("workbench");
        getStyleClass().add("workbench");
        top = new TopBar(workbench, this);
        runPane = new RunPane(workbench, new ExportViewModel(this::startExport), () -> dialogs.chooseFolder("Export the student into", Path.of("")),
                this::openRun);
        SettingsPane settings = new SettingsPane(workbench);
        SplitPane.setResizableWithParent(settings, false);
        split.getItems().addAll(settings, runPane);
        split.getStyleClass().add("work-area");
        BorderPane distill = new BorderPane(split);
        distill.setLeft(new StageRail(workbench.rail()));
        pages = new PageBar(pages(distill), this::setCenter);
        setTop(new VBox(top, new NoticeBar(workbench)));
        setLeft(pages);
        setBottom(statusBar());
        widthProperty().addListener((_, _, width) -> arrange(width.doubleValue()));
        RunViewModel run = workbench.run();
        run.phaseProperty().addListener((_, before, now) -> phaseChanged(before, now));
        run.updatesProperty().addListener((_, _, _) -> showStatus());
        showStatus();
        workbench.models().download().stateProperty().addListener((_, _, state) -> downloadChanged(state));
    }

    /// The places of the window, in the order of the bar at its left edge.
    private List<Page> pages(Node distill) {
        return List.of(
                new Page("distill", "Distill", Feather.DROPLET, "Set up, run and look at an experiment", () -> distill),
                new Page("data", "Data", Feather.DATABASE, "Rows, labels, lengths and prompts of the task",
                        () -> new DataView(workbench.data())),
                new Page("studies", "Studies", Feather.LAYERS, "Variants of an experiment with several seeds",
                        () -> new StudyView(workbench.study(), () -> dialogs.openStudy().ifPresent(workbench.study()::open))),
                new Page("models", "Models", Feather.BOX, "The models on this machine, and downloads", this::modelsPage),
                new Page("playground", "Ask", Feather.MESSAGE_SQUARE, "Ask a model, or teacher and student side by side",
                        this::playgroundPage),
                new Page("benchmark", "Bench", Feather.BAR_CHART_2, "Measure models against each other on this machine",
                        () -> new BenchmarkView(
                                benchmark, () -> workbench.run().folder().map(RunFolder::path), text -> tasks.tell("Benchmark", text))));
    }

    /// Shows one of the pages by its key.
    public void showPage(String key) {
        pages.select(key);
    }

    /// Puts this into a window, with theme, keys and the question at the end.
    public void installIn(Stage stage, Scene scene) {
        theme.apply(scene);
        keys(scene);
        stage.setScene(scene);
        stage.setMinWidth(900);
        stage.setMinHeight(600);
        stage.titleProperty().bind(Bindings.createStringBinding(
                () -> workbench.experiment().experimentProperty().get().name() + " – BitDistillery",
                workbench.experiment().experimentProperty()));
        stage.setOnCloseRequest(event -> {
            if (!mayClose()) {
                event.consume();
            } else {
                pulses.close();
                workbench.playground().close();
                workbench.run().close();
            }
        });
        pulses.start();
        stage.setOnShown(_ -> scene.lookup("#run").requestFocus());
    }

    /// Lists the runs of the past, and offers one that is still going.
    public void lookForRuns() {
        listRuns(true);
    }

    public BenchmarkViewModel benchmark() {
        return benchmark;
    }

    public PulseMonitor pulses() {
        return pulses;
    }

    public void setTheme(Theme theme) {
        this.theme = theme;
        if (getScene() != null) {
            theme.apply(getScene());
        }
    }

    @Override
    public void openConfiguration() {
        if (mayReplaceSettings()) {
            dialogs.openConfiguration().ifPresent(workbench::openConfiguration);
        }
    }

    @Override
    public void saveConfiguration() {
        dialogs.saveConfiguration(workbench.experiment().experimentProperty().get().name()).ifPresent(workbench::save);
    }

    @Override
    public void refreshRuns() {
        listRuns(false);
    }

    @Override
    public void openRun(Path folder) {
        if (mayReplaceSettings()) {
            workbench.openRun(folder);
        }
    }

    @Override
    public void openRunFolder() {
        dialogs.chooseFolder("Open a run", workbench.run().runs()).ifPresent(this::openRun);
    }

    @Override
    public void export() {
        runPane.showExport();
    }

    private void startExport(ExportTask task) {
        tasks.start(task);
    }

    @Override
    public void switchTheme() {
        setTheme(theme.other());
        workbench.changeSettings(settings -> settings.withTheme(theme.name()));
    }

    private Node statusBar() {
        status.setId("status-bar");
        Label responsiveness = new Label();
        responsiveness.setId("responsiveness");
        responsiveness.getStyleClass().add("status-detail");
        Tooltip tooltip = new Tooltip();
        tooltip.setOnShowing(_ -> tooltip.setText("The longest that this window kept you waiting: "
                + Math.round(pulses.longestMillis()) + " ms"));
        status.setTooltip(tooltip);
        status.getRightItems().addAll(responsiveness, tasks.button());
        return status;
    }

    private void showStatus() {
        RunViewModel run = workbench.run();
        RunPhase phase = run.phaseProperty().get();
        String left = phase == RunPhase.RUNNING
                ? run.history().progress().eta(Instant.now()).map(eta -> " · " + Units.duration(eta) + " left").orElse("") : "";
        status.setText(run.summary() + left);
        status.setProgress(phase.isLive() ? run.history().progress().fraction() : 0);
    }

    private void phaseChanged(RunPhase before, RunPhase now) {
        showStatus();
        if (now.isLive() && !before.isLive()) {
            tasks.start(new RunTask(workbench.run()));
        }
        if (before.isLive() && !now.isLive() && now != RunPhase.IDLE) {
            listRuns(false);
            if (now == RunPhase.FINISHED) {
                tasks.tell("Run finished", workbench.experiment().experimentProperty().get().name() + " is done.");
            }
        }
    }

    private void downloadChanged(DownloadViewModel.State state) {
        if (state == DownloadViewModel.State.DOWNLOADING) {
            tasks.start(new DownloadTask(workbench.models().download()));
        } else if (state == DownloadViewModel.State.DONE) {
            tasks.tell("Downloaded", workbench.models().download().nameProperty().get() + " is in the library.");
        }
    }

    private Node modelsPage() {
        return new ModelsView(workbench.models(), model -> {
            workbench.useAsTeacher(model);
            showPage("distill");
        }, model -> {
            workbench.playground().choose(ModelChoice.of(model));
            showPage("playground");
        }, () -> dialogs.chooseFolder("Add a folder of models", Path.of("")));
    }

    private Node playgroundPage() {
        workbench.models().open();
        return new PlaygroundView(workbench.playground(), workbench::playgroundChoices);
    }

    private void arrange(double width) {
        boolean narrow = width < NARROW;
        Orientation orientation = narrow ? Orientation.VERTICAL : Orientation.HORIZONTAL;
        if (split.getOrientation() != orientation || split.getProperties().get("arranged") == null) {
            split.setOrientation(orientation);
            split.getProperties().put("arranged", true);
            split.setDividerPositions(narrow ? 0.4 : width >= WIDE ? WIDE_SETTINGS_SHARE : SETTINGS_SHARE);
        }
    }

    private void listRuns(boolean offer) {
        Task<List<RunArchive.Entry>> task = new Task<>() {
            @Override
            protected List<RunArchive.Entry> call() {
                return workbench.run().pastRuns();
            }
        };
        task.setOnSucceeded(_ -> {
            top.showRuns(task.getValue(), this);
            runPane.showRuns(task.getValue());
            if (offer) {
                workbench.offer(task.getValue());
            }
        });
        Thread.ofVirtual().name("list runs").start(task);
    }

    private boolean mayReplaceSettings() {
        return !workbench.experiment().editedProperty().get() || workbench.experiment().readOnlyProperty().get()
                || dialogs.discardEdits();
    }

    private boolean mayClose() {
        if (!workbench.run().phaseProperty().get().canStop()) {
            return true;
        }
        return switch (dialogs.closeWhileRunning()) {
            case LEAVE_RUNNING -> true;
            case STOP -> {
                workbench.stop();
                yield true;
            }
            case CANCEL -> false;
        };
    }

    private void keys(Scene scene) {
        key(scene, KeyCode.R, workbench::startIfPossible);
        key(scene, KeyCode.P, workbench::pauseOrGoOnIfPossible);
        key(scene, KeyCode.PERIOD, workbench::stopIfPossible);
        key(scene, KeyCode.O, this::openConfiguration);
        key(scene, KeyCode.S, this::saveConfiguration);
        key(scene, KeyCode.E, this::export);
        key(scene, KeyCode.D, this::switchTheme);
        key(scene, KeyCode.T, tasks::toggle);
        key(scene, KeyCode.DIGIT1, () -> runPane.select(false));
        key(scene, KeyCode.DIGIT2, () -> runPane.select(true));
    }

    private static void key(Scene scene, KeyCode code, Runnable action) {
        scene.getAccelerators().put(new KeyCodeCombination(code, KeyCombination.SHORTCUT_DOWN), action);
    }
}
