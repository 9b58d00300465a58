package org.bitdistillery.ui.experiment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableMap;
import org.bitdistillery.config.ConfigException;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.SettingDescriptor;
import org.bitdistillery.config.SettingText;
import org.bitdistillery.config.Settings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The configuration that is being edited: a JSON tree that may be wrong for a while, and the last experiment that it
/// described when it was right. Each edit is checked at once.
public final class ExperimentViewModel {

    private static final ObjectNode DEFAULTS = ExperimentFile.tree(Experiment.DEFAULTS);

    private final ReadOnlyObjectWrapper<Experiment> experiment = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyStringWrapper source = new ReadOnlyStringWrapper("");
    private final ReadOnlyObjectWrapper<Path> file = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyBooleanWrapper valid = new ReadOnlyBooleanWrapper(true);
    private final ReadOnlyBooleanWrapper edited = new ReadOnlyBooleanWrapper();
    private final ReadOnlyLongWrapper loads = new ReadOnlyLongWrapper();
    private final BooleanProperty readOnly = new SimpleBooleanProperty();
    private final ObservableMap<String, String> problems = FXCollections.observableMap(new LinkedHashMap<>());
    private ObjectNode tree;

    public ExperimentViewModel() {
        load(ExperimentFile.quickstart(), "Quick start");
    }

    /// Replaces what is edited.
    ///
    /// @param source what people call it: a file name, or "Quick start"
    public void load(Experiment experiment, String source) {
        show(experiment, source, null);
    }

    /// @throws org.bitdistillery.config.InvalidInput where the file is no configuration; nothing is changed then
    public void open(Path file) {
        show(ExperimentFile.read(file), file.getFileName().toString(), file);
    }

    /// The file's text, once every field is right.
    ///
    /// @throws ConfigException where a field is wrong
    public String toJson() {
        return ExperimentFile.toJson(ExperimentFile.bind(tree, source.get()));
    }

    /// What is edited is now what `file` holds.
    public void saved(Path file) {
        this.file.set(file);
        source.set(file.getFileName().toString());
        edited.set(false);
    }

    /// Takes what a person typed into a field; wrong text is kept and reported in [#problems].
    public void set(String path, String text) {
        put(path, SettingText.parse(Settings.find(path), text));
    }

    /// The same on behalf of another page; forms that are open show it.
    public void replace(String path, String text) {
        set(path, text);
        loads.set(loads.get() + 1);
    }

    public void reset(String path) {
        put(path, at(DEFAULTS, path).deepCopy());
    }

    /// The value as a person types it.
    public String text(String path) {
        return SettingValue.text(at(tree, path));
    }

    public String defaultText(String path) {
        return SettingValue.text(at(DEFAULTS, path));
    }

    public boolean isDefault(String path) {
        return text(path).equals(defaultText(path));
    }

    /// Whether the section has no switch or is switched on.
    public boolean isOn(String section) {
        return Settings.find(section + ".enabled").isEmpty() || text(section + ".enabled").equals("true");
    }

    /// Message by dotted path; the empty path stands for the file as a whole.
    public ObservableMap<String, String> problems() {
        return problems;
    }

    /// The first problem whose field is in one of these settings.
    public Optional<String> problemAmong(List<SettingDescriptor> settings) {
        return settings.stream().map(setting -> problems.get(setting.path())).filter(Objects::nonNull).findFirst();
    }

    /// The newest experiment without a problem.
    public ReadOnlyObjectProperty<Experiment> experimentProperty() {
        return experiment.getReadOnlyProperty();
    }

    public ReadOnlyStringProperty sourceProperty() {
        return source.getReadOnlyProperty();
    }

    /// The file that was opened or saved last, or null.
    public ReadOnlyObjectProperty<Path> fileProperty() {
        return file.getReadOnlyProperty();
    }

    public ReadOnlyBooleanProperty validProperty() {
        return valid.getReadOnlyProperty();
    }

    /// Whether something was changed since it was loaded or saved.
    public ReadOnlyBooleanProperty editedProperty() {
        return edited.getReadOnlyProperty();
    }

    /// Grows when everything was replaced, so that a form shows the new values.
    public ReadOnlyLongProperty loadsProperty() {
        return loads.getReadOnlyProperty();
    }

    /// Set while a run is shown, whose configuration is history.
    public BooleanProperty readOnlyProperty() {
        return readOnly;
    }

    private void show(Experiment experiment, String source, Path file) {
        tree = ExperimentFile.tree(experiment);
        this.source.set(source);
        this.file.set(file);
        this.experiment.set(experiment);
        problems.clear();
        valid.set(true);
        edited.set(false);
        loads.set(loads.get() + 1);
    }

    private void put(String path, JsonNode value) {
        int dot = path.lastIndexOf('.');
        ObjectNode parent = dot < 0 ? tree : (ObjectNode) at(tree, path.substring(0, dot));
        if (value.equals(parent.get(path.substring(dot + 1)))) {
            return;
        }
        parent.set(path.substring(dot + 1), value);
        edited.set(true);
        check();
    }

    private void check() {
        Map<String, String> found = new LinkedHashMap<>();
        try {
            experiment.set(ExperimentFile.bind(tree, source.get()));
        } catch (ConfigException e) {
            for (ConfigProblem problem : e.problems()) {
                found.putIfAbsent(fieldOf(problem.path()), problem.message());
            }
        }
        problems.keySet().retainAll(found.keySet());
        found.forEach((path, message) -> {
            if (!message.equals(problems.get(path))) {
                problems.put(path, message);
            }
        });
        valid.set(found.isEmpty());
    }

    /// The setting that a problem belongs to: the path may point inside a list or a map.
    private static String fieldOf(String path) {
        String field = path;
        while (!field.isEmpty() && Settings.find(field).isEmpty()) {
            int end = Math.max(field.lastIndexOf('.'), field.lastIndexOf('['));
            field = end < 0 ? "" : field.substring(0, end);
        }
        return field;
    }

    private static JsonNode at(ObjectNode root, String path) {
        JsonNode node = root;
        for (String name : path.split("\\.")) {
            node = node.get(name);
        }
        return node;
    }
}
