package org.bitdistillery.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitdistillery.event.Results;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.event.ActivationRms;
import org.bitdistillery.event.RunEvent.ActivationsMeasured;
import org.bitdistillery.event.RunEvent.LayersAdvised;
import org.bitdistillery.event.RunEvent.Noted;
import org.bitdistillery.event.RunEvent.ResourcesSampled;
import org.bitdistillery.event.RunEvent.RunFailed;
import org.bitdistillery.event.RunEvent.RunFinished;
import org.bitdistillery.event.RunEvent.RunStarted;
import org.bitdistillery.event.RunEvent.StageStarted;
import org.bitdistillery.event.RunEvent.StepDone;
import org.bitdistillery.event.RunEvent.ValidationDone;
import org.bitdistillery.event.RunEvent.WeightsSampled;
import org.bitdistillery.event.StageId;

/// All that is shown of a run, folded from its events one by one. A run that is followed live and one that is opened
/// again therefore look the same. Memory is bounded: long curves are thinned, old notes forgotten.
///
/// Not safe for use by several threads.
public final class RunHistory {

    private static final int MOST_NOTES = 200;

    private final RunProgress progress = new RunProgress();
    private final Map<StageId, Map<Metric, Series>> curves = new EnumMap<>(StageId.class);
    private final Map<StageId, Map<String, WeightHistory>> weights = new EnumMap<>(StageId.class);
    private final Map<StageId, StepDone> newestSteps = new EnumMap<>(StageId.class);
    private final Series memory = new Series();
    private final Deque<Noted> notes = new ArrayDeque<>();
    private Instant firstAt;
    private Instant lastAt;
    private String name = "";
    private String failure;
    private List<ActivationRms> activations = List.of();
    private LayersAdvised advice;
    private Results results;
    private double peakMemory = Double.NaN;
    private long version;

    /// All that a log holds.
    public static RunHistory of(Iterable<RunEvent> events) {
        RunHistory history = new RunHistory();
        events.forEach(history::accept);
        return history;
    }

    public void accept(RunEvent event) {
        progress.accept(event);
        firstAt = firstAt == null ? event.at() : firstAt;
        lastAt = event.at();
        version++;
        switch (event) {
            case RunStarted e -> {
                name = e.name();
                failure = null;
            }
            case StageStarted e -> forgetAfter(e.stage(), e.step());
            case StepDone e -> addStep(e);
            case ValidationDone e -> addValidation(e);
            case WeightsSampled e -> weights.computeIfAbsent(e.stage(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(e.tensor(), _ -> new WeightHistory()).add(e.step(), e.histogram(), e.health());
            case ActivationsMeasured e -> activations = e.sites();
            case LayersAdvised e -> advice = e;
            case ResourcesSampled e -> addMemory(e);
            case Noted e -> addNote(e);
            case RunFailed e -> failure = e.message();
            case RunFinished e -> results = e.results();
            default -> { }
        }
    }

    public RunProgress progress() {
        return progress;
    }

    /// Grows with each event: equal versions of one history look the same.
    public long version() {
        return version;
    }

    public String name() {
        return name;
    }

    /// Stages that have done at least one optimizer step, in order.
    public List<StageId> trainedStages() {
        return List.copyOf(newestSteps.keySet());
    }

    /// An empty series where the stage has no such curve.
    public Series curve(StageId stage, Metric metric) {
        Series series = curves.getOrDefault(stage, Map.of()).get(metric);
        return series == null ? new Series() : series;
    }

    public Optional<StepDone> newestStep(StageId stage) {
        return Optional.ofNullable(newestSteps.get(stage));
    }

    /// Tensors whose weights were sampled in the stage, in the order in which they came.
    public List<String> tensors(StageId stage) {
        return List.copyOf(weights.getOrDefault(stage, Map.of()).keySet());
    }

    public Optional<WeightHistory> weights(StageId stage, String tensor) {
        return Optional.ofNullable(weights.getOrDefault(stage, Map.of()).get(tensor));
    }

    /// Resident bytes of the worker over seconds since the run's first event.
    public Series memory() {
        return memory;
    }

    /// Bytes, or NaN where the worker has not told.
    public double peakMemory() {
        return peakMemory;
    }

    /// Newest last.
    public List<Noted> notes() {
        return List.copyOf(notes);
    }

    /// The sentence of the failure that ended the run, if it failed.
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    public Optional<Results> results() {
        return Optional.ofNullable(results);
    }

    /// Activations without and with the norms of stage 1; empty where they were not measured.
    public List<ActivationRms> activations() {
        return activations;
    }

    /// What the layer advisor said before stage 3.
    public Optional<LayersAdvised> advice() {
        return Optional.ofNullable(advice);
    }

    /// Time of the newest event.
    public Optional<Instant> lastAt() {
        return Optional.ofNullable(lastAt);
    }

    private void addStep(StepDone step) {
        newestSteps.put(step.stage(), step);
        for (Metric metric : Metric.values()) {
            Double value = metric.of(step);
            if (value != null) {
                series(step.stage(), metric).add(step.step(), value);
            }
        }
    }

    private void addValidation(ValidationDone validation) {
        series(validation.stage(), Metric.VALIDATION_LOSS).add(validation.step(), validation.loss());
        if (validation.accuracy() != null) {
            series(validation.stage(), Metric.VALIDATION_ACCURACY).add(validation.step(), validation.accuracy());
        }
    }

    private void addMemory(ResourcesSampled sample) {
        memory.add(Duration.between(firstAt, sample.at()).toMillis() / 1000.0, sample.residentBytes());
        peakMemory = Double.isNaN(peakMemory) ? sample.residentBytes() : Math.max(peakMemory, sample.residentBytes());
    }

    private void addNote(Noted note) {
        if (notes.size() == MOST_NOTES) {
            notes.removeFirst();
        }
        notes.addLast(note);
    }

    private Series series(StageId stage, Metric metric) {
        return curves.computeIfAbsent(stage, _ -> new EnumMap<>(Metric.class)).computeIfAbsent(metric, _ -> new Series());
    }

    /// A resumed stage starts from its checkpoint; what came after that did not happen.
    private void forgetAfter(StageId stage, long step) {
        curves.getOrDefault(stage, Map.of()).values().forEach(series -> series.cutFrom(step + 1));
        weights.getOrDefault(stage, Map.of()).values().forEach(history -> history.cutFrom(step + 1));
        if (step == 0) {
            curves.remove(stage);
            weights.remove(stage);
            newestSteps.remove(stage);
        }
    }
}
