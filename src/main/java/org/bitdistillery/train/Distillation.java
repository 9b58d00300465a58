package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.DistillStage.LogitsTarget;
import org.bitdistillery.config.DistillStage.TokenScope;
import org.bitdistillery.config.LayerChoice;
import org.bitdistillery.model.AttentionStates;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.DecoderGraph.Output;
import org.bitdistillery.model.Torch;

/// Stage 3, `L = L_CE + lambda·L_LD + gamma·L_AD` (BitDistill, eq. 13): the student learns the task and its teacher's
/// logits and attention relations at once.
public final class Distillation implements Objective, AutoCloseable {

    private final DistillStage config;
    private final DecoderGraph teacher;
    private final TeacherLogits kept;
    private final MovingTarget target = new MovingTarget();
    private final Map<Integer, Integer> teacherLayers = new TreeMap<>();

    /// As below, asking the teacher every time, in float32.
    public Distillation(DistillStage config, Decoder teacher, int layers) {
        this(config, teacher, layers, null, Precision.FLOAT32);
    }

    /// @param teacher   fine-tuned on the same task; not changed
    /// @param layers    of the student
    /// @param kept      what the teacher said of the training rows, or null; stays the caller's
    /// @param precision of the teacher's products
    /// @throws InvalidInput where the student has no such layer
    public Distillation(DistillStage config, Decoder teacher, int layers, TeacherLogits kept, Precision precision) {
        this.kept = kept;
        this.config = config;
        for (int layer : LayerChoice.parse(config.layers()).of(layers)) {
            teacherLayers.put(layer, sameDepth(layer, layers, teacher.architecture().layers()));
        }
        this.teacher = teacher.teaching(precision);
    }

    /// The teacher's layer at the student's relative depth.
    static int sameDepth(int studentLayer, int studentLayers, int teacherLayers) {
        return Math.clamp(Math.round((studentLayer + 1.0) * teacherLayers / studentLayers) - 1, 0, teacherLayers - 1);
    }

    /// The teacher's layer for each distilled layer of the student, both counted from 0.
    public Map<Integer, Integer> teacherLayers() {
        return Collections.unmodifiableMap(teacherLayers);
    }

    @Override
    public Parts of(DecoderGraph student, Batch batch, Share share, NDManager work) {
        boolean logitsWanted = config.logitsWeight() > 0;
        boolean everyToken = logitsWanted && config.logitsTokens() == TokenScope.ALL;
        long[] compared = everyToken ? batch.tokenRows() : batch.targetRows();
        NDArray rows = work.create(compared);
        boolean fullLogits = logitsWanted && kept == null;
        Output teacherOutput = fullLogits || config.relates() ? askTeacher(batch, fullLogits ? rows : null, work) : null;
        Output output = student.forward(work, batch.ids(), rows, config.relates() ? teacherLayers.keySet() : Set.of());

        double logitsShare = everyToken ? share.ofTokens() : share.ofTargets();
        ChunkedLosses.Hard hard = new ChunkedLosses.Hard(
                positionsOf(batch.targetRows(), compared), batch.targetTokens(), share.ofTargets());
        ChunkedLosses.Soft soft = logitsWanted ? soft(teacherOutput, batch, config.logitsWeight() * logitsShare) : null;
        ChunkedLosses.Result onLogits = new ChunkedLosses(student, output.hidden(), work).of(hard, soft);
        return new Parts(
                new Part(onLogits.crossEntropy(), 1, share.ofTargets()),
                logitsWanted ? new Part(onLogits.distance(), config.logitsWeight(), logitsShare) : null,
                config.relates() ? new Part(relation(output, teacherOutput, batch, work), config.relationWeight(), share.ofTokens()) : null,
                onLogits.pull());
    }

    /// The teacher's logits, those between the student's own and the teacher's, or what was kept of the teacher's.
    private ChunkedLosses.Soft soft(Output teacher, Batch batch, double gradient) {
        double factor = config.temperatureSquared() ? config.temperature() * config.temperature() : 1;
        double teachersShare = config.logitsTarget() == LogitsTarget.TEACHER ? 1 : target.share();
        SoftTargets targets = kept == null
                ? new SoftTargets.Full(teacher.hidden(), teacher.head(), config.temperature(), teachersShare)
                : new SoftTargets.Kept(kept, kept.records(batch), config.temperature());
        return new ChunkedLosses.Soft(targets, factor, gradient);
    }

    /// @param rows whose final states are wanted; null where attention states are enough
    private Output askTeacher(Batch batch, NDArray rows, NDManager work) {
        Set<Integer> layers = config.relates() ? Set.copyOf(teacherLayers.values()) : Set.of();
        try (NDManager scratch = work.newSubManager()) {
            if (rows == null) {
                Output states = new Output(null, null, false, teacher.states(scratch, batch.ids(), layers));
                states.states().values().forEach(state -> state.attach(work));
                return states;
            }
            NDArray ownRows = rows.duplicate();
            ownRows.attach(scratch);
            Output output = teacher.forward(scratch, batch.ids(), ownRows, layers);
            output.hidden().attach(work);
            output.states().values().forEach(state -> state.attach(work));
            return output;
        }
    }

    /// `L_AD`, mean over the distilled layers.
    private NDArray relation(Output student, Output teacher, Batch batch, NDManager work) {
        NDArray sum = work.create(0f);
        for (var layers : teacherLayers.entrySet()) {
            AttentionStates own = student.states().get(layers.getKey());
            AttentionStates theirs = teacher.states().get(layers.getValue());
            sum = sum.add(relation(own, theirs, batch.lengths(), config));
        }
        return Torch.times(sum, 1.0 / teacherLayers.size());
    }

    /// `L_AD` of one layer, summed over those of queries, keys and values that are compared.
    static NDArray relation(AttentionStates student, AttentionStates teacher, int[] lengths, DistillStage config) {
        Losses.Relation form = new Losses.Relation(config.relationForm(), config.splitHeads(), config.causalRelations());
        NDArray sum = null;
        if (config.relateQueries()) {
            sum = Losses.relationDistillation(student.query(), teacher.query(), lengths, form);
        }
        if (config.relateKeys()) {
            NDArray keys = Losses.relationDistillation(student.key(), teacher.key(), lengths, form);
            sum = sum == null ? keys : sum.add(keys);
        }
        if (config.relateValues()) {
            NDArray values = Losses.relationDistillation(student.value(), teacher.value(), lengths, form);
            sum = sum == null ? values : sum.add(values);
        }
        return sum;
    }

    @Override
    public void stepDone(org.bitdistillery.event.Losses losses, double progress) {
        if (config.logitsTarget() == LogitsTarget.TAID && losses.logits() != null) {
            target.advance(losses.logits(), progress);
        }
    }

    @Override
    public Map<String, Double> state() {
        return target.state();
    }

    @Override
    public void restore(Map<String, Double> state) {
        target.restore(state);
    }

    /// Where each of `wanted` stands in the ascending `rows`.
    private static long[] positionsOf(long[] wanted, long[] rows) {
        return Arrays.stream(wanted).map(row -> Arrays.binarySearch(rows, row)).toArray();
    }

    @Override
    public void close() {
        teacher.close();
    }
}
