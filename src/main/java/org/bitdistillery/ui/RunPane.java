package org.bitdistillery.ui;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.event.Results;
import org.bitdistillery.run.RunArchive;
import org.bitdistillery.ui.export.ExportView;
import org.bitdistillery.ui.export.ExportViewModel;
import org.bitdistillery.ui.live.LiveView;
import org.bitdistillery.ui.results.ResultsView;
import org.bitdistillery.ui.run.RunPhase;
import org.bitdistillery.ui.run.RunViewModel;
import org.controlsfx.control.SegmentedButton;

/// The run that is shown, live or as results; without a run, the start page.
final class RunPane extends BorderPane {

    private final RunViewModel run;
    private final StartPage start;
    private final LiveView live;
    private final ResultsView results;
    private final ExportViewModel exportModel;
    private final ExportView exportPage;
    private final ToggleButton exportTab = new ToggleButton("Export");
    private final ToggleButton liveTab = new ToggleButton("Live");
    private final ToggleButton resultsTab = new ToggleButton("Results");
    private final Label state = new Label();
    private final Label elapsed = new Label();
    private final Label name = new Label();
    private final Node header = header();
    private Results shown;

    /// @param browse asks the user for a folder
    RunPane(WorkbenchViewModel workbench, ExportViewModel export, Supplier<Optional<Path>> browse, Consumer<Path> openRun) {
        run = workbench.run();
        exportModel = export;
        exportPage = new ExportView(export, browse);
        start = new StartPage(workbench, openRun);
        live = new LiveView(workbench.live());
        results = new ResultsView(this::showExport);
        getStyleClass().add("run-pane");
        setMinWidth(420);
        run.updatesProperty().addListener((_, _, _) -> refresh());
        run.phaseProperty().addListener((_, before, now) -> phaseChanged(before, now));
        run.handleProperty().addListener((_, _, _) -> liveTab.setSelected(true));
        liveTab.selectedProperty().addListener((_, _, _) -> showPage());
        resultsTab.selectedProperty().addListener((_, _, _) -> showPage());
        exportTab.selectedProperty().addListener((_, _, _) -> showPage());
        refresh();
        showPage();
    }

    void showRuns(List<RunArchive.Entry> entries) {
        start.show(entries);
    }

    private Node header() {
        liveTab.setId("tab-live");
        liveTab.setTooltip(new Tooltip("Curves and weights (Ctrl+1)"));
        resultsTab.setId("tab-results");
        resultsTab.setTooltip(new Tooltip("What the run found out (Ctrl+2)"));
        exportTab.setId("tab-export");
        exportTab.setTooltip(new Tooltip("The student as files that run elsewhere (Ctrl+E)"));
        SegmentedButton tabs = new SegmentedButton(liveTab, resultsTab, exportTab);
        liveTab.setSelected(true);
        tabs.getToggleGroup().selectedToggleProperty().addListener((_, before, now) -> {
            if (now == null) {
                before.setSelected(true);
            }
        });
        state.setId("run-state");
        state.getStyleClass().add("state-badge");
        state.setMinWidth(Region.USE_PREF_SIZE);
        name.setId("run-name");
        name.getStyleClass().add("run-name");
        elapsed.getStyleClass().add("muted");
        elapsed.setMinWidth(Region.USE_PREF_SIZE);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        tabs.setMinWidth(Region.USE_PREF_SIZE);
        HBox box = new HBox(10, name, state, elapsed, gap, tabs);
        box.getStyleClass().add("run-header");
        box.setAlignment(Pos.CENTER_LEFT);
        return box;
    }

    private void phaseChanged(RunPhase before, RunPhase now) {
        for (RunPhase phase : RunPhase.values()) {
            state.pseudoClassStateChanged(PseudoClass.getPseudoClass(phase.name().toLowerCase(java.util.Locale.ROOT)), phase == now);
        }
        if (before == RunPhase.IDLE || now == RunPhase.IDLE) {
            showPage();
        }
        if (now == RunPhase.FINISHED) {
            refresh();
            resultsTab.setSelected(true);
        }
    }

    private void refresh() {
        RunPhase phase = run.phaseProperty().get();
        state.setText(phase.text());
        run.folder().ifPresent(folder -> name.setText(folder.path().toAbsolutePath().getFileName().toString()));
        elapsed.setText(phase == RunPhase.IDLE ? "" : Units.duration(run.history().progress().elapsed(run.clock())));
        Results found = run.history().results().orElse(null);
        resultsTab.setDisable(found == null);
        exportTab.setDisable(phase != RunPhase.FINISHED);
        if (found != null && found != shown) {
            results.show(found);
        }
        shown = found;
    }

    private void showPage() {
        boolean idle = run.phaseProperty().get() == RunPhase.IDLE;
        setTop(idle ? null : header);
        if (!idle && exportTab.isSelected() && !exportTab.isDisable()) {
            run.folder().ifPresent(exportModel::show);
            setCenter(exportPage);
        } else {
            setCenter(idle ? start : resultsTab.isSelected() && shown != null ? results : live);
        }
    }

    /// Opens the page from which the student is exported, where there is one.
    void showExport() {
        if (!exportTab.isDisable()) {
            exportTab.setSelected(true);
        }
    }

    void select(boolean resultsPage) {
        (resultsPage && !resultsTab.isDisable() ? resultsTab : liveTab).setSelected(true);
    }
}
