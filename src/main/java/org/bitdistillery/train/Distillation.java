package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.DistillStage.TokenScope;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.AttentionStates;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.DecoderGraph.Output;
import org.bitdistillery.model.Torch;

/// Stage 3, `L = L_CE + lambda·L_LD + gamma·L_AD` (BitDistill, eq. 13): the student learns the task and its teacher's
/// logits and attention relations at once.
public final class Distillation implements Objective, AutoCloseable {

    private static final double ADVISED_DEPTH = 0.8;

    private final DistillStage config;
    private final DecoderGraph teacher;
    private final int studentLayer;
    private final int teacherLayer;

    /// @param teacher fine-tuned on the same task; not changed
    /// @param layers  of the student
    /// @throws InvalidInput where the student has no such layer
    public Distillation(DistillStage config, Decoder teacher, int layers) {
        if (config.layer() >= layers) {
            throw new InvalidInput("distill.layer is " + config.layer() + ", but the student has " + layers
                    + " layers, counted from 0. Choose at most " + (layers - 1) + ", or -1 for a late one.");
        }
        this.config = config;
        this.studentLayer = config.layer() >= 0 ? config.layer() : advisedLayer(layers);
        this.teacherLayer = sameDepth(studentLayer, layers, teacher.architecture().layers());
        this.teacher = teacher.graph(false);
    }

    /// The layer at four fifths of the depth, counted from 0.
    public static int advisedLayer(int layers) {
        return Math.clamp(Math.round(ADVISED_DEPTH * layers) - 1, 0, layers - 1);
    }

    /// The teacher's layer at the student's relative depth.
    static int sameDepth(int studentLayer, int studentLayers, int teacherLayers) {
        return Math.clamp(Math.round((studentLayer + 1.0) * teacherLayers / studentLayers) - 1, 0, teacherLayers - 1);
    }

    public int studentLayer() {
        return studentLayer;
    }

    public int teacherLayer() {
        return teacherLayer;
    }

    @Override
    public Parts of(DecoderGraph student, Batch batch, Share share, NDManager work) {
        boolean logitsWanted = config.logitsWeight() > 0;
        boolean relationWanted = config.relationWeight() > 0;
        boolean everyToken = logitsWanted && config.logitsTokens() == TokenScope.ALL;
        long[] compared = everyToken ? batch.tokenRows() : batch.targetRows();
        NDArray rows = work.create(compared);
        Output teacherOutput = logitsWanted || relationWanted ? askTeacher(batch, rows, work) : null;
        Output output = student.forward(work, batch.ids(), rows, relationWanted ? studentLayer : -1);

        NDArray targetLogits = everyToken ? Torch.rows(work.create(positionsOf(batch.targetRows(), compared)), output.logits())
                : output.logits();
        Part crossEntropy = new Part(
                Losses.crossEntropy(targetLogits, work.create(batch.targetTokens())), 1, share.ofTargets());
        Part logits = logitsWanted
                ? new Part(Losses.logitsDistillation(
                        output.logits(), teacherOutput.logits(), config.temperature(), config.temperatureSquared()),
                        config.logitsWeight(), everyToken ? share.ofTokens() : share.ofTargets())
                : null;
        Part relation = relationWanted
                ? new Part(relation(output.states(), teacherOutput.states(), batch), config.relationWeight(), share.ofTokens())
                : null;
        return new Parts(crossEntropy, logits, relation);
    }

    private Output askTeacher(Batch batch, NDArray rows, NDManager work) {
        try (NDManager scratch = work.newSubManager()) {
            NDArray ownRows = rows.duplicate();
            ownRows.attach(scratch);
            Output output = teacher.forward(scratch, batch.ids(), ownRows, config.relationWeight() > 0 ? teacherLayer : -1);
            output.logits().attach(work);
            if (output.states() != null) {
                output.states().query().attach(work);
                output.states().key().attach(work);
                output.states().value().attach(work);
            }
            return output;
        }
    }

    /// `L_AD`, summed over queries, keys and values.
    private NDArray relation(AttentionStates student, AttentionStates teacher, Batch batch) {
        Losses.Relation form = new Losses.Relation(config.relationForm(), config.splitHeads(), false);
        return Losses.relationDistillation(student.query(), teacher.query(), batch.lengths(), form)
                .add(Losses.relationDistillation(student.key(), teacher.key(), batch.lengths(), form))
                .add(Losses.relationDistillation(student.value(), teacher.value(), batch.lengths(), form));
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
