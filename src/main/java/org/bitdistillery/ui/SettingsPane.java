package org.bitdistillery.ui;

import java.util.HashMap;
import java.util.Map;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.bitdistillery.ui.experiment.FormSection;
import org.bitdistillery.ui.experiment.SettingsForm;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// The form of the page that the rail has selected; locked while it describes a run. A form is made when it is first seen.
final class SettingsPane extends VBox {

    private final Map<String, SettingsForm> forms = new HashMap<>();
    private final WorkbenchViewModel workbench;
    private final StackPane page = new StackPane();

    SettingsPane(WorkbenchViewModel workbench) {
        getStyleClass().add("settings-pane");
        this.workbench = workbench;
        VBox.setVgrow(page, Priority.ALWAYS);
        getChildren().addAll(lock(workbench), page);
        workbench.rail().selectedProperty().addListener((_, _, section) -> show(section));
        show(workbench.rail().selectedProperty().get());
        setMinWidth(392);
    }

    private void show(FormSection section) {
        page.getChildren().setAll(
                forms.computeIfAbsent(section.key(), _ -> new SettingsForm(section, workbench.experiment())));
    }

    private static HBox lock(WorkbenchViewModel workbench) {
        Label text = new Label("Settings of the run that is shown");
        text.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(text, Priority.ALWAYS);
        Button edit = new Button("Edit a copy");
        edit.setId("edit-copy");
        edit.getStyleClass().add("small");
        edit.setMinWidth(USE_PREF_SIZE);
        edit.setTooltip(new Tooltip("Go back to the settings, starting from these; a run that is going goes on in the background"));
        edit.setOnAction(_ -> workbench.editCopy());
        HBox lock = new HBox(8, new FontIcon(Feather.LOCK), text, edit);
        lock.setId("settings-lock");
        lock.getStyleClass().add("lock-bar");
        lock.setAlignment(Pos.CENTER_LEFT);
        lock.visibleProperty().bind(workbench.experiment().readOnlyProperty());
        lock.managedProperty().bind(lock.visibleProperty());
        return lock;
    }
}
