package org.bitdistillery.ui.models;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.transformation.FilteredList;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.hub.LibraryModel.Origin;
import org.bitdistillery.hub.ModelHub;

/// The model library: what is on this machine, which of it is shown, and which model is looked at.
public final class ModelsViewModel {

    /// Which models are shown.
    public enum Filter {
        ALL("All"), HUB("Hub cache"), FOLDERS("Folders"), RUNS("Runs");

        private final String title;

        Filter(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }

        boolean shows(Origin origin) {
            return switch (this) {
                case ALL -> true;
                case HUB -> origin == Origin.CACHE;
                case FOLDERS -> origin == Origin.FOLDER || origin == Origin.STARTER;
                case RUNS -> origin == Origin.RUN;
            };
        }
    }

    private final ModelHub hub;
    private final Executor background;
    private final Executor window;
    private final DownloadViewModel download;
    private final ObservableList<LibraryModel> models = FXCollections.observableArrayList();
    private final FilteredList<LibraryModel> shown = new FilteredList<>(models);
    private final StringProperty query = new SimpleStringProperty("");
    private final ObjectProperty<Filter> filter = new SimpleObjectProperty<>(Filter.ALL);
    private final ObjectProperty<LibraryModel> selected = new SimpleObjectProperty<>();
    private final ReadOnlyBooleanWrapper loading = new ReadOnlyBooleanWrapper();
    private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper("");
    private boolean loaded;

    /// @param background runs what takes time
    /// @param window     runs what it is given on the thread that owns the properties
    public ModelsViewModel(ModelHub hub, Executor background, Executor window) {
        this.hub = hub;
        this.background = background;
        this.window = window;
        download = new DownloadViewModel(hub, background, window, this::downloaded);
        query.addListener((_, _, _) -> choose());
        filter.addListener((_, _, _) -> choose());
    }

    public DownloadViewModel download() {
        return download;
    }

    /// Every model, whatever is searched for.
    public ObservableList<LibraryModel> models() {
        return models;
    }

    public ObservableList<LibraryModel> shown() {
        return shown;
    }

    /// How many models there are, whatever is shown.
    public int count() {
        return models.size();
    }

    /// Words that every model shown contains.
    public StringProperty queryProperty() {
        return query;
    }

    public ObjectProperty<Filter> filterProperty() {
        return filter;
    }

    /// The model whose details are shown, or null.
    public ObjectProperty<LibraryModel> selectedProperty() {
        return selected;
    }

    public ReadOnlyBooleanProperty loadingProperty() {
        return loading.getReadOnlyProperty();
    }

    /// One sentence on what went wrong, or an empty text.
    public ReadOnlyStringProperty problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /// Looks at the machine the first time that this is called.
    public void open() {
        if (!loaded) {
            refresh();
        }
    }

    /// Looks at the machine anew.
    public void refresh() {
        loaded = true;
        String name = selected.get() == null ? "" : selected.get().name();
        inBackground(() -> hub.library().models(), found -> show(found, name));
    }

    public void addFolder(Path folder) {
        inBackground(() -> {
            List<LibraryModel> added = hub.library().add(folder);
            return new Added(hub.library().models(), added.getFirst().name());
        }, added -> {
            query.set("");
            filter.set(Filter.ALL);
            show(added.models(), added.name());
        });
    }

    /// Takes the folder that holds a model off the library; its files stay.
    public void forget(LibraryModel model) {
        inBackground(() -> {
            hub.library().remove(model.root());
            return hub.library().models();
        }, found -> show(found, ""));
    }

    private record Added(List<LibraryModel> models, String name) {}

    private void downloaded(String name) {
        query.set("");
        filter.set(Filter.ALL);
        inBackground(() -> hub.library().models(), found -> show(found, name));
    }

    private void show(List<LibraryModel> found, String name) {
        models.setAll(found);
        choose();
        shown.stream().filter(model -> model.name().equals(name)).findFirst().ifPresent(selected::set);
    }

    private void choose() {
        shown.setPredicate(model -> filter.get().shows(model.origin()) && model.matches(query.get()));
        if (selected.get() == null || !shown.contains(selected.get())) {
            selected.set(shown.isEmpty() ? null : shown.getFirst());
        }
    }

    private <T> void inBackground(Callable<T> work, Consumer<T> done) {
        problem.set("");
        loading.set(true);
        background.execute(() -> {
            try {
                T result = work.call();
                window.execute(() -> {
                    loading.set(false);
                    done.accept(result);
                });
            } catch (InvalidInput e) {
                window.execute(() -> {
                    loading.set(false);
                    problem.set(e.getMessage());
                });
            } catch (Exception e) {
                window.execute(() -> {
                    loading.set(false);
                    problem.set("The models could not be listed (" + e + "). Report this.");
                });
            }
        });
    }
}
