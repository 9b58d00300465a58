package org.bitdistillery.ui.experiment;

import atlantafx.base.controls.ToggleSwitch;
import java.util.ArrayList;
import java.util.List;
import javafx.beans.InvalidationListener;
import javafx.collections.MapChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.bitdistillery.config.SettingDescriptor;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/// The settings of one page, generated from their descriptions.
public final class SettingsForm extends VBox {

    private final FormSection section;
    private final ExperimentViewModel experiment;
    private final List<SettingRow> rows = new ArrayList<>();
    private final List<Node> advancedNodes = new ArrayList<>();
    private final VBox body = new VBox();
    private final Hyperlink disclosure = new Hyperlink();
    private final ToggleSwitch on = new ToggleSwitch();
    private boolean advancedShown;

    public SettingsForm(FormSection section, ExperimentViewModel experiment) {
        this.section = section;
        this.experiment = experiment;
        setId("form-" + section.key());
        getStyleClass().add("settings-form");
        body.getStyleClass().add("settings-body");
        section.groups().forEach(this::addGroup);
        addDisclosure();
        if (section.settings().isEmpty()) {
            body.getChildren().add(new Label("Nothing to set here."));
        }
        ScrollPane scroll = new ScrollPane(body);
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        scroll.getStyleClass().add("edge-to-edge");
        VBox.setVgrow(scroll, Priority.ALWAYS);
        getChildren().addAll(header(), scroll);
        experiment.loadsProperty().addListener((_, _, _) -> reload());
        experiment.problems().addListener((MapChangeListener<String, String>) _ -> refresh());
        InvalidationListener state = _ -> refresh();
        experiment.readOnlyProperty().addListener(state);
        refresh();
    }

    private Node header() {
        Label title = new Label(section.title());
        title.getStyleClass().add("form-title");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox line = new HBox(8, title, gap);
        line.setAlignment(Pos.CENTER_LEFT);
        section.switchPath().ifPresent(path -> {
            on.setId("field-" + path.replace('.', '-'));
            on.setTooltip(new Tooltip("Whether a run goes through this stage"));
            on.setSelected(experiment.isOn(section.key()));
            on.selectedProperty().addListener((_, _, selected) -> {
                experiment.set(path, selected.toString());
                refresh();
            });
            line.getChildren().add(on);
        });
        Label summary = new Label(section.summary());
        summary.getStyleClass().add("muted");
        summary.setWrapText(true);
        VBox header = new VBox(2, line, summary);
        header.getStyleClass().add("form-header");
        return header;
    }

    private void addGroup(String title, List<SettingDescriptor> settings) {
        if (!title.isEmpty()) {
            Label label = new Label(title);
            label.getStyleClass().add("group-title");
            body.getChildren().add(label);
            if (settings.stream().allMatch(SettingDescriptor::advanced)) {
                advancedNodes.add(label);
            }
        }
        for (SettingDescriptor setting : settings) {
            SettingRow row = new SettingRow(setting, experiment);
            rows.add(row);
            body.getChildren().add(row);
            if (setting.advanced()) {
                advancedNodes.add(row);
            }
        }
    }

    private void addDisclosure() {
        long count = advancedNodes.stream().filter(SettingRow.class::isInstance).count();
        if (count == 0) {
            return;
        }
        disclosure.setId("advanced-" + section.key());
        disclosure.getStyleClass().add("disclosure");
        disclosure.setOnAction(_ -> {
            advancedShown = !advancedShown;
            refresh();
        });
        body.getChildren().add(disclosure);
    }

    private void reload() {
        on.setSelected(experiment.isOn(section.key()));
        rows.forEach(SettingRow::reload);
        refresh();
    }

    private void refresh() {
        boolean locked = experiment.readOnlyProperty().get();
        boolean off = !experiment.isOn(section.key());
        on.setDisable(locked);
        rows.forEach(row -> {
            row.refresh();
            row.setDisable(locked || off);
        });
        boolean show = advancedShown || rows.stream().anyMatch(row -> row.setting().advanced() && row.hasProblem());
        advancedNodes.forEach(node -> {
            node.setVisible(show);
            node.setManaged(show);
        });
        long count = advancedNodes.stream().filter(SettingRow.class::isInstance).count();
        disclosure.setText(show ? "Hide advanced settings" : count == 1 ? "1 advanced setting" : count + " advanced settings");
        disclosure.setGraphic(new FontIcon(show ? Feather.CHEVRON_UP : Feather.CHEVRON_DOWN));
    }
}
