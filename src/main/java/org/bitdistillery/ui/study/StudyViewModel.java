package org.bitdistillery.ui.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.bitdistillery.analysis.Metric;
import org.bitdistillery.analysis.RunHistory;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.StageId;
import org.bitdistillery.run.EventTail;
import org.bitdistillery.run.RunExecutor;
import org.bitdistillery.run.RunFolder;
import org.bitdistillery.run.RunState;
import org.bitdistillery.study.Study;
import org.bitdistillery.study.StudyFile;
import org.bitdistillery.study.StudyPlan;
import org.bitdistillery.study.StudyReport;
import org.bitdistillery.study.StudyRun;
import org.bitdistillery.ui.chart.ComparedRuns;

/// A study in the window: its runs and where they stand, what they add up to, and some of them side by side.
///
/// A study works in the background; its runs are worker processes that go on when the window is closed, and a study that is
/// started again goes on where it was.
public final class StudyViewModel {

    /// A run of the study as it stands.
    ///
    /// @param values accuracy or ROUGE-Lsum by model, keyed as in `results.json`, 0..1
    public record Row(StudyRun run, String state, Map<String, Double> values, double seconds) {}

    private final RunExecutor executor;
    private final Path studies;
    private final Executor window;
    private final Consumer<String> tellError;
    private final ObservableList<Row> rows = FXCollections.observableArrayList();
    private final ReadOnlyObjectWrapper<StudyReport> report = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<ComparedRuns> compared = new ReadOnlyObjectWrapper<>(new ComparedRuns(List.of()));
    private final ReadOnlyStringWrapper title = new ReadOnlyStringWrapper("");
    private final ReadOnlyStringWrapper status = new ReadOnlyStringWrapper("");
    private final ReadOnlyBooleanWrapper running = new ReadOnlyBooleanWrapper();
    private final IntegerProperty parallel = new SimpleIntegerProperty(1);
    private final ObjectProperty<StageId> stage = new SimpleObjectProperty<>();
    private final ObjectProperty<Metric> metric = new SimpleObjectProperty<>(Metric.TOTAL_LOSS);
    private StudyPlan plan;
    private Study study;

    /// @param studies   folder of the studies
    /// @param window    runs what it is given on the thread that owns the properties
    /// @param tellError shows a sentence on what went wrong
    public StudyViewModel(RunExecutor executor, Path studies, Executor window, Consumer<String> tellError) {
        this.executor = executor;
        this.studies = studies;
        this.window = window;
        this.tellError = tellError;
    }

    /// Reads a study's file and shows what of it is done already.
    public void open(Path file) {
        try {
            StudyFile read = StudyFile.read(file);
            plan = StudyPlan.of(read, studies.resolve(read.name()), List.of(), List.of());
            title.set(read.name());
            status.set(plan.runs().size() + " runs in " + studies.resolve(read.name()));
            compared.set(new ComparedRuns(List.of()));
            look();
        } catch (InvalidInput e) {
            tellError.accept(e.getMessage());
        }
    }

    /// Carries out what is not finished yet.
    public void start() {
        if (plan == null || running.get()) {
            return;
        }
        running.set(true);
        status.set("Looking at the runs");
        study = new Study(executor, line -> window.execute(() -> {
            status.set(line);
            look();
        }));
        int workers = Math.max(1, parallel.get());
        StudyPlan current = plan;
        Study work = study;
        Thread.ofVirtual().name("study " + current.name()).start(() -> carryOut(work, current, workers));
    }

    private void carryOut(Study work, StudyPlan current, int workers) {
        List<String> problems = new ArrayList<>();
        try {
            Study.requireReady(current);
            work.carryOut(current, workers).forEach((run, reason) -> problems.add(run.title() + " did not finish: " + reason));
        } catch (InvalidInput e) {
            problems.add(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        window.execute(() -> {
            running.set(false);
            status.set(problems.isEmpty() ? "Every run is finished" : problems.size() + " of the runs did not finish");
            if (!problems.isEmpty()) {
                tellError.accept(problems.getFirst());
            }
            look();
        });
    }

    /// Lets every worker save a checkpoint and end.
    public void stop() {
        if (study != null && running.get()) {
            status.set("Stopping: every worker saves a checkpoint");
            Study work = study;
            Thread.ofVirtual().name("stop study").start(work::stop);
        }
    }

    /// Looks at the folders again, in the background.
    public void look() {
        if (plan == null) {
            return;
        }
        StudyPlan current = plan;
        Thread.ofVirtual().name("look at study").start(() -> {
            List<Row> found = current.runs().stream().map(StudyViewModel::row).toList();
            StudyReport added = StudyReport.of(current);
            window.execute(() -> {
                if (plan == current) {
                    rows.setAll(found);
                    report.set(added);
                }
            });
        });
    }

    private static Row row(StudyRun run) {
        RunFolder folder = new RunFolder(run.folder());
        if (!folder.isRun()) {
            return new Row(run, "", Map.of(), 0);
        }
        try {
            RunState state = folder.state();
            Map<String, Double> values = new LinkedHashMap<>();
            Results results = folder.results().orElse(null);
            if (results != null) {
                results.scores().forEach((model, score) -> values.put(model, score.headline()));
            }
            return new Row(run, state.text(), values, results == null ? 0 : results.seconds());
        } catch (InvalidInput e) {
            return new Row(run, "damaged", Map.of(), 0);
        }
    }

    /// Lays the curves of some runs over each other; their logs are read in the background.
    public void compare(List<Row> chosen) {
        List<Row> some = chosen.stream().limit(ComparedRuns.MOST).toList();
        Thread.ofVirtual().name("read runs").start(() -> {
            List<ComparedRuns.Run> read = new ArrayList<>();
            for (Row row : some) {
                RunFolder folder = new RunFolder(row.run().folder());
                if (folder.isRun()) {
                    read.add(new ComparedRuns.Run(row.run().title(), RunHistory.of(EventTail.readAll(folder.events()))));
                }
            }
            window.execute(() -> show(new ComparedRuns(List.copyOf(read))));
        });
    }

    private void show(ComparedRuns runs) {
        if (stage.get() == null || !runs.stages().contains(stage.get())) {
            stage.set(runs.shared());
        }
        compared.set(runs);
    }

    public ObservableList<Row> rows() {
        return rows;
    }

    /// What the finished runs add up to, or null where no study is open.
    public ReadOnlyObjectProperty<StudyReport> reportProperty() {
        return report.getReadOnlyProperty();
    }

    public ReadOnlyObjectProperty<ComparedRuns> comparedProperty() {
        return compared.getReadOnlyProperty();
    }

    /// Name of the study, empty where none is open.
    public ReadOnlyStringProperty titleProperty() {
        return title.getReadOnlyProperty();
    }

    public ReadOnlyStringProperty statusProperty() {
        return status.getReadOnlyProperty();
    }

    public ReadOnlyBooleanProperty runningProperty() {
        return running.getReadOnlyProperty();
    }

    /// Workers at a time.
    public IntegerProperty parallelProperty() {
        return parallel;
    }

    /// Stage whose curves are compared.
    public ObjectProperty<StageId> stageProperty() {
        return stage;
    }

    public ObjectProperty<Metric> metricProperty() {
        return metric;
    }
}
