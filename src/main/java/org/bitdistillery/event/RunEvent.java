package org.bitdistillery.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;

/// What happened in a run. One event is one line of `events.jsonl`; everything that a window or a terminal shows of a
/// run is made of these.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RunEvent.RunStarted.class, name = "runStarted"),
    @JsonSubTypes.Type(value = RunEvent.StageStarted.class, name = "stageStarted"),
    @JsonSubTypes.Type(value = RunEvent.StepDone.class, name = "step"),
    @JsonSubTypes.Type(value = RunEvent.WeightsSampled.class, name = "weights"),
    @JsonSubTypes.Type(value = RunEvent.ActivationsMeasured.class, name = "activations"),
    @JsonSubTypes.Type(value = RunEvent.LayersAdvised.class, name = "layersAdvised"),
    @JsonSubTypes.Type(value = RunEvent.ValidationDone.class, name = "validation"),
    @JsonSubTypes.Type(value = RunEvent.ResourcesSampled.class, name = "resources"),
    @JsonSubTypes.Type(value = RunEvent.Progressed.class, name = "progress"),
    @JsonSubTypes.Type(value = RunEvent.Noted.class, name = "note"),
    @JsonSubTypes.Type(value = RunEvent.CheckpointSaved.class, name = "checkpoint"),
    @JsonSubTypes.Type(value = RunEvent.StageFinished.class, name = "stageFinished"),
    @JsonSubTypes.Type(value = RunEvent.RunPaused.class, name = "paused"),
    @JsonSubTypes.Type(value = RunEvent.RunResumed.class, name = "resumed"),
    @JsonSubTypes.Type(value = RunEvent.RunStopped.class, name = "stopped"),
    @JsonSubTypes.Type(value = RunEvent.RunFailed.class, name = "failed"),
    @JsonSubTypes.Type(value = RunEvent.RunFinished.class, name = "finished")
})
public sealed interface RunEvent {

    Instant at();

    /// A worker began, or began again after an interruption.
    ///
    /// @param plan the stages that are switched on, with their share of the work; stages already done by an
    ///             interrupted worker are in it too
    record RunStarted(Instant at, String name, long processId, List<StagePlan> plan) implements RunEvent {}

    /// @param steps  planned optimizer steps, or 0 for a stage that does not train
    /// @param step   the step that this worker starts from: 0, or that of the checkpoint it resumed
    /// @param detail one line for people, for example what is trained on what
    record StageStarted(Instant at, StageId stage, long steps, long step, String detail) implements RunEvent {}

    /// One optimizer step.
    ///
    /// @param step            1 after the first update
    /// @param tokens          tokens seen by this stage so far, padding not counted
    /// @param learningRate    that of this update
    /// @param gradientNorm    global L2 norm before clipping
    /// @param tokensPerSecond over the last steps, padding not counted
    record StepDone(
            Instant at, StageId stage, long step, long tokens, Losses losses, double learningRate, double gradientNorm,
            double tokensPerSecond) implements RunEvent {}

    /// The latent weights of one quantized projection, or of all of them together (`tensor` is then `all`).
    ///
    /// @param health what else is known of it, or null
    record WeightsSampled(
            Instant at, StageId stage, long step, String tensor, WeightHistogram histogram, TensorHealth health) implements RunEvent {}

    /// Root mean square of activations in front of the quantized projections, on a few rows, in the model without and with
    /// the norms of stage 1.
    record ActivationsMeasured(Instant at, StageId stage, List<ActivationRms> sites) implements RunEvent {}

    /// What the layer advisor found before stage 3.
    ///
    /// @param recommended index of the student's layer, counted from 0
    record LayersAdvised(Instant at, List<LayerAdvice> layers, int recommended) implements RunEvent {}

    /// Loss, and accuracy where the stage trains on a task, on rows that are not trained on.
    ///
    /// @param accuracy 0..1, or null where there is no task
    record ValidationDone(Instant at, StageId stage, long step, double loss, Double accuracy) implements RunEvent {}

    /// @param residentBytes memory of the worker process, native memory included
    record ResourcesSampled(Instant at, long residentBytes) implements RunEvent {}

    /// Progress of a stage that has no optimizer steps.
    ///
    /// @param fraction 0..1
    record Progressed(Instant at, StageId stage, double fraction, String detail) implements RunEvent {}

    /// Something that the user should know and that is no failure.
    record Noted(Instant at, StageId stage, String message) implements RunEvent {}

    /// @param path relative to the run folder
    /// @param best whether no checkpoint of the stage had a lower validation loss
    record CheckpointSaved(Instant at, StageId stage, long step, String path, boolean best) implements RunEvent {}

    /// @param reused whether an earlier worker had finished this stage and its result was taken over
    record StageFinished(Instant at, StageId stage, double seconds, boolean reused) implements RunEvent {}

    record RunPaused(Instant at) implements RunEvent {}

    record RunResumed(Instant at) implements RunEvent {}

    /// The user stopped the run; it can be resumed from its last checkpoint.
    record RunStopped(Instant at) implements RunEvent {}

    /// @param message one sentence for people
    record RunFailed(Instant at, StageId stage, String message) implements RunEvent {}

    /// The last event of a run that did all that it was asked to do. `results.json` holds the same results.
    record RunFinished(Instant at, double seconds, Results results) implements RunEvent {}
}
