package org.bitdistillery.ui.export;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.FormatAnswer;
import org.bitdistillery.run.RunFolder;

/// What a run's student can be exported to, and the export that is going on or done.
public final class ExportViewModel {

    /// What embeddings of GGUF files can be kept as.
    public static final List<String> EMBEDDINGS = List.of("f16", "q8_0", "q6_k");

    private final Consumer<ExportTask> starter;
    private final ObservableList<FormatAnswer> formats = FXCollections.observableArrayList();
    private final ObjectProperty<FormatAnswer> format = new SimpleObjectProperty<>();
    private final StringProperty embeddings = new SimpleStringProperty(EMBEDDINGS.getFirst());
    private final StringProperty library = new SimpleStringProperty("");
    private final StringProperty target = new SimpleStringProperty("");
    private final BooleanProperty running = new SimpleBooleanProperty();
    private final DoubleProperty progress = new SimpleDoubleProperty();
    private final StringProperty message = new SimpleStringProperty("");
    private final BooleanProperty failed = new SimpleBooleanProperty();
    private final ObjectProperty<Exported> exported = new SimpleObjectProperty<>();
    private Path run;
    private ExportTask task;

    /// @param starter shows a task in the list of background tasks and runs it
    public ExportViewModel(Consumer<ExportTask> starter) {
        this.starter = starter;
        format.addListener((_, _, _) -> suggestTarget());
    }

    public ObservableList<FormatAnswer> formats() {
        return formats;
    }

    public ObjectProperty<FormatAnswer> formatProperty() {
        return format;
    }

    public StringProperty embeddingsProperty() {
        return embeddings;
    }

    /// Path of the libllama that a GGUF file is checked with; empty for the usual one.
    public StringProperty libraryProperty() {
        return library;
    }

    /// Whether the format that is chosen is a GGUF file, made for llama.cpp or bitnet.cpp.
    public boolean isGguf() {
        return format.get() != null && format.get().runsOn().endsWith(".cpp");
    }

    public StringProperty targetProperty() {
        return target;
    }

    public ReadOnlyBooleanProperty runningProperty() {
        return running;
    }

    /// Of the export that is going on, 0..1.
    public ReadOnlyDoubleProperty progressProperty() {
        return progress;
    }

    /// What the export does, or why it cannot be done.
    public ReadOnlyStringProperty messageProperty() {
        return message;
    }

    public ReadOnlyBooleanProperty failedProperty() {
        return failed;
    }

    /// The last export of this run, or null.
    public ReadOnlyObjectProperty<Exported> exportedProperty() {
        return exported;
    }

    /// Looks at what the student of a run can be exported to.
    public void show(RunFolder folder) {
        if (folder.path().equals(run)) {
            return;
        }
        run = folder.path();
        exported.set(null);
        tell("", false);
        try {
            formats.setAll(folder.exportFormats());
            format.set(formats.stream().filter(FormatAnswer::possible).findFirst().orElse(null));
        } catch (InvalidInput e) {
            formats.clear();
            tell(e.getMessage(), true);
        }
        suggestTarget();
    }

    private void suggestTarget() {
        if (run != null && format.get() != null) {
            target.set(run.resolve("export").resolve(free(run.resolve("export"), format.get().format())).toString());
        }
    }

    /// A name that no folder has yet.
    private static String free(Path folder, String name) {
        String candidate = name;
        for (int i = 2; folder.resolve(candidate).toFile().exists(); i++) {
            candidate = name + "-" + i;
        }
        return candidate;
    }

    /// Whether what is chosen can be exported.
    public boolean canStart() {
        return !running.get() && format.get() != null && format.get().possible() && !target.get().isBlank();
    }

    public void start() {
        if (canStart()) {
            Optional<Path> llama = isGguf() && !library.get().isBlank() ? Optional.of(Path.of(library.get().strip())) : Optional.empty();
            start(new ExportTask(run, format.get().format(), embeddings.get(), llama, Path.of(target.get())));
        }
    }

    void start(ExportTask export) {
        task = export;
        running.set(true);
        tell("Starting", false);
        export.messageProperty().addListener((_, _, now) -> tell(now, false));
        export.progressProperty().addListener((_, _, now) -> progress.set(Math.max(0, now.doubleValue())));
        export.setOnSucceeded(_ -> {
            exported.set(export.getValue());
            end("Exported to " + export.target() + ".", false);
            suggestTarget();
        });
        export.setOnFailed(_ -> end(export.getException().getMessage(), true));
        export.setOnCancelled(_ -> end("Cancelled, nothing is left of it.", false));
        starter.accept(export);
    }

    public void cancel() {
        if (task != null) {
            task.cancel();
        }
    }

    private void end(String text, boolean failure) {
        running.set(false);
        progress.set(0);
        tell(text, failure);
    }

    private void tell(String text, boolean failure) {
        failed.set(failure);
        message.set(text);
    }
}
