package org.bitdistillery.ui.models;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.hub.DownloadCancelled;
import org.bitdistillery.hub.DownloadPlan;
import org.bitdistillery.hub.DownloadProgress;
import org.bitdistillery.hub.DownloadWatcher;
import org.bitdistillery.hub.FileChoice;
import org.bitdistillery.hub.HubDownloader;
import org.bitdistillery.hub.ModelHub;
import org.bitdistillery.hub.ModelName;

/// One download from the hub: a name, then a list of files with sizes, then the files.
public final class DownloadViewModel {

    public enum State {
        /// A name is awaited.
        NAMING,
        LISTING,
        /// The files are shown and can be chosen.
        LISTED,
        DOWNLOADING,
        CANCELLING,
        CANCELLED,
        DONE,
        FAILED;

        public boolean isBusy() {
            return this == LISTING || this == DOWNLOADING || this == CANCELLING;
        }
    }

    /// A file of the list.
    public record Row(DownloadPlan.Item item, BooleanProperty wanted) {}

    private final ModelHub hub;
    private final Executor background;
    private final Executor window;
    private final Consumer<String> downloaded;
    private final StringProperty name = new SimpleStringProperty("");
    private final StringProperty endpoint = new SimpleStringProperty("");
    private final ReadOnlyObjectWrapper<State> state = new ReadOnlyObjectWrapper<>(State.NAMING);
    private final ReadOnlyObjectWrapper<DownloadPlan> plan = new ReadOnlyObjectWrapper<>();
    private final ObservableList<Row> rows = FXCollections.observableArrayList();
    private final ReadOnlyObjectWrapper<DownloadProgress> progress = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyStringWrapper note = new ReadOnlyStringWrapper("");
    private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper("");
    private volatile boolean wanted;

    /// @param downloaded hears the name of a model that has arrived
    DownloadViewModel(ModelHub hub, Executor background, Executor window, Consumer<String> downloaded) {
        this.hub = hub;
        this.background = background;
        this.window = window;
        this.downloaded = downloaded;
        name.addListener((_, _, _) -> reset());
        endpoint.addListener((_, _, _) -> reset());
    }

    public StringProperty nameProperty() {
        return name;
    }

    /// Address of another server; empty for the usual one.
    public StringProperty endpointProperty() {
        return endpoint;
    }

    public ReadOnlyObjectProperty<State> stateProperty() {
        return state.getReadOnlyProperty();
    }

    /// What there is to download, or null.
    public ReadOnlyObjectProperty<DownloadPlan> planProperty() {
        return plan.getReadOnlyProperty();
    }

    public ObservableList<Row> rows() {
        return rows;
    }

    public ReadOnlyObjectProperty<DownloadProgress> progressProperty() {
        return progress.getReadOnlyProperty();
    }

    /// What it waits for, or an empty text.
    public ReadOnlyStringProperty noteProperty() {
        return note.getReadOnlyProperty();
    }

    /// One sentence on what went wrong, or an empty text.
    public ReadOnlyStringProperty problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /// Bytes of the chosen files that are not here yet.
    public long missingBytes() {
        return rows.stream().filter(row -> row.wanted().get()).mapToLong(row -> row.item().file().size() - row.item().presentBytes()).sum();
    }

    /// Asks the server for the files of the model.
    public void list() {
        if (state.get().isBusy()) {
            return;
        }
        work(State.LISTING, downloader -> {
            DownloadPlan found = downloader.plan(ModelName.parse(name.get()), FileChoice.NEEDED, watcher());
            window.execute(() -> {
                plan.set(found);
                rows.setAll(found.items().stream().map(item -> new Row(item, new SimpleBooleanProperty(true))).toList());
                state.set(State.LISTED);
            });
        });
    }

    /// Fetches the chosen files, or goes on fetching them.
    public void download() {
        if (state.get().isBusy() || plan.get() == null) {
            return;
        }
        Set<String> chosen = rows.stream().filter(row -> row.wanted().get()).map(row -> row.item().file().path()).collect(Collectors.toSet());
        DownloadPlan wantedPlan = plan.get().only(chosen);
        work(State.DOWNLOADING, downloader -> {
            downloader.download(wantedPlan, watcher());
            window.execute(() -> {
                state.set(State.DONE);
                downloaded.accept(wantedPlan.model());
            });
        });
    }

    /// Lists what is missing, or goes on with the download, whichever failed.
    public void retry() {
        if (plan.get() == null) {
            list();
        } else {
            download();
        }
    }

    /// Ends listing or downloading; what has arrived is kept.
    public void cancel() {
        if (state.get().isBusy()) {
            wanted = false;
            state.set(State.CANCELLING);
        }
    }

    /// Makes room for another name.
    public void startOver() {
        if (!state.get().isBusy()) {
            name.set("");
            reset();
        }
    }

    private void reset() {
        if (!state.get().isBusy()) {
            plan.set(null);
            rows.clear();
            progress.set(null);
            problem.set("");
            note.set("");
            state.set(State.NAMING);
        }
    }

    private void work(State busy, Consumer<HubDownloader> work) {
        problem.set("");
        note.set("");
        progress.set(null);
        wanted = true;
        state.set(busy);
        String server = endpoint.get().strip();
        background.execute(() -> {
            try (HubDownloader downloader = hub.downloader(server)) {
                work.accept(downloader);
            } catch (DownloadCancelled e) {
                window.execute(() -> end(plan.get() == null ? State.NAMING : State.CANCELLED, ""));
            } catch (InvalidInput e) {
                window.execute(() -> end(State.FAILED, e.getMessage()));
            } catch (RuntimeException e) {
                window.execute(() -> end(State.FAILED, "Something went wrong that should not (" + e + "). Report it."));
            }
        });
    }

    private void end(State next, String sentence) {
        note.set("");
        problem.set(sentence);
        state.set(next);
    }

    private DownloadWatcher watcher() {
        return new DownloadWatcher() {
            @Override
            public boolean mayContinue() {
                return wanted;
            }

            @Override
            public void progressed(DownloadProgress now) {
                window.execute(() -> {
                    progress.set(now);
                    note.set("");
                });
            }

            @Override
            public void noted(String sentence) {
                window.execute(() -> note.set(sentence));
            }
        };
    }

    /// Names to begin with: small models of families that this program knows.
    public static List<String> suggestions() {
        return List.of("HuggingFaceTB/SmolLM2-135M", "Qwen/Qwen3-0.6B", "Qwen/Qwen2.5-0.5B", "TinyLlama/TinyLlama-1.1B-Chat-v1.0");
    }
}
