package org.bitdistillery.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import java.util.List;
import org.bitdistillery.config.Compute;
import org.bitdistillery.event.Losses;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.train.Objective.Part;
import org.bitdistillery.train.Objective.Parts;
import org.bitdistillery.train.Objective.Share;

/// One update of the weights: quantize once, gather the gradients of one or more batches, move.
///
/// Everything that a step computes belongs to managers that end with it, so that memory stays flat.
final class OptimizerStep {

    private static final DecoderGraph.Observer NOBODY = (_, _) -> { };

    private final Compute compute;
    private final Decoder student;
    private final Objective objective;
    private final AdamW optimizer;

    OptimizerStep(Decoder student, Objective objective, AdamW optimizer) {
        this(student, objective, optimizer, Compute.DEFAULTS);
    }

    /// @param compute precision of the products of projections and head, and whether activations are computed again
    OptimizerStep(Decoder student, Objective objective, AdamW optimizer, Compute compute) {
        this.compute = compute;
        this.student = student;
        this.objective = objective;
        this.optimizer = optimizer;
    }

    /// @param losses       means over all batches of the step
    /// @param gradientNorm before clipping
    record Outcome(Losses losses, double gradientNorm) {}

    /// @throws TrainingDiverged where a loss or a gradient is not finite; no weight has changed then
    Outcome apply(List<Batch> batches, double rate) {
        return apply(batches, rate, NOBODY);
    }

    /// @param observer watches the inputs of the student's projections
    /// @throws TrainingDiverged as above
    Outcome apply(List<Batch> batches, double rate, DecoderGraph.Observer observer) {
        long targets = batches.stream().mapToLong(Batch::targets).sum();
        long tokens = batches.stream().mapToLong(Batch::tokens).sum();
        LossSums sums = new LossSums();
        try (DecoderGraph graph = student.training(compute, observer)) {
            for (Batch batch : batches) {
                backward(graph, batch, new Share((double) batch.targets() / targets, (double) batch.tokens() / tokens), sums);
            }
            Losses losses = sums.losses(optimizer.steps() + 1);
            return new Outcome(losses, optimizer.step(graph.gradients(), rate));
        }
    }

    private void backward(DecoderGraph graph, Batch batch, Share share, LossSums sums) {
        try (NDManager work = graph.manager().newSubManager();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            Parts parts = objective.of(graph, batch, share, work);
            graph.backward(collector, parts.root());
            sums.add(parts, parts.total());
        }
    }

    /// Adds up what the batches of a step report.
    private static final class LossSums {
        private double total;
        private Double crossEntropy;
        private Double logits;
        private Double relation;

        void add(Parts parts, NDArray sum) {
            total += value(sum);
            crossEntropy = plus(crossEntropy, parts.crossEntropy());
            logits = plus(logits, parts.logits());
            relation = plus(relation, parts.relation());
        }

        private static Double plus(Double sum, Part part) {
            return part == null ? sum : Double.valueOf((sum == null ? 0 : sum) + value(part.mean()) * part.share());
        }

        private static double value(NDArray scalar) {
            return scalar.toType(DataType.FLOAT64, false).getDouble();
        }

        Losses losses(long step) {
            requireFinite("cross-entropy", crossEntropy, step);
            requireFinite("logits loss", logits, step);
            requireFinite("relation loss", relation, step);
            requireFinite("total loss", total, step);
            return new Losses(total, crossEntropy, logits, relation);
        }

        private static void requireFinite(String part, Double value, long step) {
            if (value != null && !Double.isFinite(value)) {
                throw TrainingDiverged.loss(part, step, value);
            }
        }
    }
}
