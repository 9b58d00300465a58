package org.bitdistillery.ui;

import javafx.beans.binding.Bindings;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Separator;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.bitdistillery.run.RunArchive;
import org.bitdistillery.ui.run.RunPhase;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// Name of the product and of the experiment, and what can be done with them.
final class TopBar extends HBox {

    private static final int RUNS_IN_MENU = 12;

    private final WorkbenchViewModel workbench;
    private final MenuButton runs = new MenuButton("Runs", new FontIcon(Feather.CLOCK));

    TopBar(WorkbenchViewModel workbench, WorkbenchActions actions) {
        this.workbench = workbench;
        getStyleClass().add("top-bar");
        setAlignment(Pos.CENTER_LEFT);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        runs.setId("runs");
        runs.setTooltip(new Tooltip("Open a run of the past, or one that is going"));
        runs.setOnShowing(_ -> actions.refreshRuns());
        getChildren().addAll(
                brand(), new Separator(Orientation.VERTICAL), experimentName(), gap,
                button("open", "Open…", Feather.FOLDER, "Open a configuration (Ctrl+O)", actions::openConfiguration),
                button("save-as", "Save as…", Feather.SAVE, "Save the configuration (Ctrl+S)", actions::saveConfiguration),
                runs, new Separator(Orientation.VERTICAL), runButton(), pauseButton(), stopButton(),
                new Separator(Orientation.VERTICAL), iconButton("theme", Feather.MOON, "Light or dark (Ctrl+D)", actions::switchTheme));
        showRuns(java.util.List.of(), actions);
    }

    void showRuns(java.util.List<RunArchive.Entry> entries, WorkbenchActions actions) {
        runs.getItems().clear();
        MenuItem other = new MenuItem("Open a run's folder…", new FontIcon(Feather.FOLDER));
        other.setOnAction(_ -> actions.openRunFolder());
        runs.getItems().add(other);
        if (!entries.isEmpty()) {
            runs.getItems().add(new SeparatorMenuItem());
        }
        entries.stream().limit(RUNS_IN_MENU).forEach(entry -> {
            MenuItem item = new MenuItem(entry.folder().getFileName() + "   " + entry.state().text());
            item.setMnemonicParsing(false);
            item.setOnAction(_ -> actions.openRun(entry.folder()));
            runs.getItems().add(item);
        });
    }

    private static HBox brand() {
        Label mark = new Label("1.58");
        mark.getStyleClass().add("brand-mark");
        Label name = new Label("BitDistillery");
        name.getStyleClass().add("brand");
        name.setMinWidth(USE_PREF_SIZE);
        mark.setMinWidth(USE_PREF_SIZE);
        HBox brand = new HBox(8, mark, name);
        brand.setAlignment(Pos.CENTER_LEFT);
        return brand;
    }

    private HBox experimentName() {
        Label name = new Label();
        name.setId("experiment-name");
        name.getStyleClass().add("experiment-name");
        name.textProperty().bind(Bindings.createStringBinding(
                () -> workbench.experiment().experimentProperty().get().name(), workbench.experiment().experimentProperty()));
        Label source = new Label();
        source.setId("experiment-source");
        source.getStyleClass().add("muted");
        source.textProperty().bind(Bindings.createStringBinding(
                () -> workbench.experiment().sourceProperty().get() + (workbench.experiment().editedProperty().get() ? " · edited" : ""),
                workbench.experiment().sourceProperty(), workbench.experiment().editedProperty()));
        HBox box = new HBox(8, name, source);
        box.setAlignment(Pos.CENTER_LEFT);
        box.setMinWidth(60);
        return box;
    }

    private Button runButton() {
        Button run = button("run", "Run", Feather.PLAY, "Start a run of these settings (Ctrl+R)", workbench::start);
        run.getStyleClass().add("accent");
        run.disableProperty().bind(workbench.canStartProperty().not());
        return run;
    }

    private Button pauseButton() {
        Button pause = button("pause", "Pause", Feather.PAUSE, "Pause or go on (Ctrl+P)", workbench::pauseOrGoOn);
        var phase = workbench.run().phaseProperty();
        pause.disableProperty().bind(Bindings.createBooleanBinding(
                () -> !phase.get().canPause() && !phase.get().canContinue(), phase));
        pause.textProperty().bind(Bindings.createStringBinding(
                () -> phase.get().canContinue() ? "Resume" : "Pause", phase));
        FontIcon icon = (FontIcon) pause.getGraphic();
        phase.addListener((_, _, now) -> icon.setIconCode(now.canContinue() ? Feather.PLAY : Feather.PAUSE));
        pause.setMinWidth(92);
        return pause;
    }

    private Button stopButton() {
        Button stop = button(
                "stop", "Stop", Feather.SQUARE, "Stop after this step; the run can be resumed later (Ctrl+.)", workbench::stop);
        var phase = workbench.run().phaseProperty();
        stop.disableProperty().bind(Bindings.createBooleanBinding(() -> !phase.get().canStop(), phase));
        stop.textProperty().bind(Bindings.createStringBinding(
                () -> phase.get() == RunPhase.STOPPING ? "Stopping" : "Stop", phase));
        return stop;
    }

    private static Button button(String id, String text, Feather icon, String help, Runnable action) {
        Button button = iconButton(id, icon, help, action);
        button.setText(text);
        button.getStyleClass().remove("button-icon");
        return button;
    }

    private static Button iconButton(String id, Feather icon, String help, Runnable action) {
        Button button = new Button(null, new FontIcon(icon));
        button.setId(id);
        button.setTooltip(new Tooltip(help));
        button.getStyleClass().add("button-icon");
        button.setMinWidth(USE_PREF_SIZE);
        button.setOnAction(_ -> action.run());
        return button;
    }
}
