package org.bitdistillery.ui.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.bitdistillery.bench.BenchmarkOptions;
import org.bitdistillery.bench.BenchmarkReport;
import org.bitdistillery.bench.SyntheticShape;
import org.bitdistillery.bench.report.ReportFolder;
import org.bitdistillery.config.InvalidInput;

/// A benchmark as it is set up, runs and is read. What the user can mend ends as a sentence, never as an exception.
public final class BenchmarkViewModel {

    public enum Phase { EMPTY, RUNNING, FINISHED, FAILED, STOPPED }

    private final ObservableList<String> models = FXCollections.observableArrayList();
    private final ObjectProperty<SyntheticShape> shape = new SimpleObjectProperty<>();
    private final BooleanProperty sweep = new SimpleBooleanProperty();
    private final StringProperty rounds = new SimpleStringProperty(Integer.toString(BenchmarkOptions.DEFAULTS.rounds()));
    private final StringProperty prompts = new SimpleStringProperty(text(BenchmarkOptions.DEFAULTS.prompts()));
    private final StringProperty contexts = new SimpleStringProperty(text(BenchmarkOptions.DEFAULTS.contexts()));
    private final StringProperty decodeTokens = new SimpleStringProperty(Integer.toString(BenchmarkOptions.DEFAULTS.decodeTokens()));
    private final StringProperty llama = new SimpleStringProperty("");
    private final ReadOnlyObjectWrapper<Phase> phase = new ReadOnlyObjectWrapper<>(Phase.EMPTY);
    private final ReadOnlyStringWrapper message = new ReadOnlyStringWrapper("");
    private final ReadOnlyObjectWrapper<BenchmarkReport> report = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<BenchmarkTask> task = new ReadOnlyObjectWrapper<>();
    private final Consumer<BenchmarkTask> executor;
    private final Function<BenchmarkJob, BenchmarkTask.Work> works;

    /// @param executor runs a task in the background
    public BenchmarkViewModel(Consumer<BenchmarkTask> executor) {
        this(executor, job -> job::run);
    }

    BenchmarkViewModel(Consumer<BenchmarkTask> executor, Function<BenchmarkJob, BenchmarkTask.Work> works) {
        this.executor = executor;
        this.works = works;
    }

    private static String text(List<Integer> numbers) {
        return String.join(", ", numbers.stream().map(String::valueOf).toList());
    }

    /// What `bench` takes as its arguments: model folders, GGUF files, runs.
    public ObservableList<String> models() {
        return models;
    }

    /// Random weights of this shape are measured; null for none.
    public ObjectProperty<SyntheticShape> shapeProperty() {
        return shape;
    }

    /// Whether thread counts from 1 to every core are measured instead of every core alone.
    public BooleanProperty sweepProperty() {
        return sweep;
    }

    public StringProperty roundsProperty() {
        return rounds;
    }

    public StringProperty promptsProperty() {
        return prompts;
    }

    public StringProperty contextsProperty() {
        return contexts;
    }

    public StringProperty decodeTokensProperty() {
        return decodeTokens;
    }

    /// Path of llama.cpp for GGUF files; empty for the one on the path.
    public StringProperty llamaProperty() {
        return llama;
    }

    public ReadOnlyObjectProperty<Phase> phaseProperty() {
        return phase.getReadOnlyProperty();
    }

    /// What is being measured, or why it did not come to an end.
    public ReadOnlyStringProperty messageProperty() {
        return message.getReadOnlyProperty();
    }

    /// The last report, or null.
    public ReadOnlyObjectProperty<BenchmarkReport> reportProperty() {
        return report.getReadOnlyProperty();
    }

    /// The task that measures, or null.
    public ReadOnlyObjectProperty<BenchmarkTask> taskProperty() {
        return task.getReadOnlyProperty();
    }

    public BooleanBinding canStartProperty() {
        return Bindings.createBooleanBinding(
                () -> phase.get() != Phase.RUNNING && (!models.isEmpty() || shape.get() != null), phase, models, shape);
    }

    public void add(String model) {
        if (!models.contains(model)) {
            models.add(model);
        }
    }

    public void start() {
        try {
            show(works.apply(job()));
        } catch (InvalidInput e) {
            fail(e.getMessage());
        }
    }

    private BenchmarkJob job() {
        int cores = Runtime.getRuntime().availableProcessors();
        BenchmarkOptions options = new BenchmarkOptions(
                sweep.get() ? BenchmarkOptions.sweep(cores) : List.of(cores), numbers("Prompts", prompts), number("Decode", decodeTokens),
                numbers("Contexts", contexts), number("Rounds", rounds), BenchmarkOptions.TIMEOUT_SECONDS);
        Optional<Path> path = llama.get().isBlank() ? Optional.empty() : Optional.of(Path.of(llama.get().strip()));
        return new BenchmarkJob(List.copyOf(models), Optional.ofNullable(shape.get()), path, options);
    }

    /// Runs this in the background and shows what comes of it.
    public void show(BenchmarkTask.Work work) {
        BenchmarkTask started = new BenchmarkTask(work);
        task.set(started);
        phase.set(Phase.RUNNING);
        message.bind(started.messageProperty());
        started.setOnSucceeded(_ -> {
            end(Phase.FINISHED, "");
            report.set(started.getValue());
        });
        started.setOnFailed(_ -> fail(sentence(started.getException())));
        started.setOnCancelled(_ -> end(Phase.STOPPED, "Stopped. Nothing was kept."));
        executor.accept(started);
    }

    public void cancel() {
        if (task.get() != null) {
            task.get().cancel(false);
        }
    }

    private void fail(String sentence) {
        end(Phase.FAILED, sentence);
    }

    private void end(Phase now, String sentence) {
        message.unbind();
        message.set(sentence);
        task.set(null);
        phase.set(now);
    }

    private static String sentence(Throwable e) {
        return e instanceof InvalidInput ? e.getMessage() : "Something went wrong that should not (" + e + "). The log has the details.";
    }

    /// Shows a report that was measured earlier.
    public void open(Path file) {
        try {
            report.set(ReportFolder.read(file));
            end(Phase.FINISHED, "");
        } catch (InvalidInput e) {
            fail(e.getMessage());
        }
    }

    /// Writes the report that is shown, as JSON, Markdown and pictures.
    ///
    /// @return what to tell the user
    public String export(Path folder) {
        try {
            ReportFolder.write(folder, report.get());
            return "The report is in " + folder + ".";
        } catch (InvalidInput e) {
            return e.getMessage();
        }
    }

    private static int number(String name, StringProperty text) {
        return numbers(name, text).stream().findFirst().orElseThrow(() -> wrong(name, text));
    }

    private static List<Integer> numbers(String name, StringProperty text) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.get().split("[,\\s]+")) {
            try {
                if (!part.isBlank()) {
                    numbers.add(Integer.parseInt(part));
                }
            } catch (NumberFormatException e) {
                throw wrong(name, text);
            }
        }
        return numbers;
    }

    private static InvalidInput wrong(String name, StringProperty text) {
        return new InvalidInput(name + " is “" + text.get() + "”. Write whole numbers, with commas between them.");
    }
}
