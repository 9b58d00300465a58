package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.bitdistillery.config.DistillStage.RelationForm;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.Torch;

/// Attention relation distillation. Losses are in nats, and scalars that belong to the manager of the student's array.
/// Those on logits are in [ChunkedLosses].
public final class Losses {

    private static final double LEAST_PROBABILITY = 1e-8;
    private static final float PADDED = -1e9f;

    private Losses() {
    }

    /// How relations are built from attention states.
    ///
    /// @param splitHeads relation heads that the concatenated heads are cut into
    /// @param causal     whether a token's relations reach only to the tokens before it
    public record Relation(RelationForm form, int splitHeads, boolean causal) {

        /// @throws InvalidInput where the columns cannot be divided
        void requireDivides(long columns, String what) {
            if (columns % splitHeads != 0) {
                throw new InvalidInput("distill.splitHeads is " + splitHeads + ", which does not divide the " + columns
                        + " columns of the " + what + "'s attention states. Choose a divisor of " + columns + ".");
            }
        }
    }

    /// Attention relation distillation of one of Q, K and V (BitDistill, eq. 10-12; MiniLMv2): heads are concatenated and
    /// re-split into relation heads, `R = softmax(A·Aᵀ)` with A normalized per head (code) or `softmax(A·Aᵀ/√d)` (paper),
    /// `KL(R_teacher ‖ R_student)` averaged over relation heads and real rows; `code` divides by the relation heads again.
    ///
    /// Padding counts neither as a row nor as a column. Probabilities are floored at 1e-8.
    ///
    /// @param student [B, heads, T, d], with gradient; its heads may differ from the teacher's
    /// @param teacher [B, heads, T, d], without
    /// @param lengths real tokens of each sequence
    public static NDArray relationDistillation(NDArray student, NDArray teacher, int[] lengths, Relation relation) {
        NDManager work = student.getManager();
        Pairs pairs = Pairs.of(work, lengths, student.getShape().get(2), relation.causal());
        NDArray logStudent = floored(logRelation(student, pairs, relation, "student"), relation);
        NDArray logTeacher = withoutGraph(teacher, pairs, relation, work);
        NDArray weights = logTeacher.exp().muli(pairs.counted());
        long realRows = Arrays.stream(lengths).asLongStream().sum();
        double scale = -1.0 / (realRows * relation.splitHeads());
        if (relation.form() == RelationForm.CODE) {
            scale /= relation.splitHeads();
        }
        return Torch.times(logStudent.sub(logTeacher).mul(weights).sum(), scale);
    }

    /// The teacher's part, whose intermediate results nobody needs later.
    private static NDArray withoutGraph(NDArray teacher, Pairs pairs, Relation relation, NDManager work) {
        try (NDManager scratch = work.newSubManager()) {
            NDArray states = teacher.stopGradient();
            states.attach(scratch);
            NDArray log = floored(logRelation(states, pairs, relation, "teacher"), relation);
            log.attach(work);
            return log;
        }
    }

    /// The code form needs no floor: its scores lie within ±1, so that no probability is that small.
    private static NDArray floored(NDArray logProbabilities, Relation relation) {
        return relation.form() == RelationForm.CODE ? logProbabilities
                : Torch.atLeast(logProbabilities, Math.log(LEAST_PROBABILITY));
    }

    /// `log R` of states [B, heads, T, d]: [B, splitHeads, T, T].
    private static NDArray logRelation(NDArray states, Pairs pairs, Relation relation, String whose) {
        Shape shape = states.getShape();
        long columns = shape.get(1) * shape.get(3);
        relation.requireDivides(columns, whose);
        long dim = columns / relation.splitHeads();
        NDArray split = states.transpose(0, 2, 1, 3)
                .reshape(shape.get(0), shape.get(2), relation.splitHeads(), dim)
                .transpose(0, 2, 1, 3);
        NDArray scores = switch (relation.form()) {
            case CODE -> {
                NDArray unit = split.normalize(2, -1);
                yield unit.matMul(unit.transpose(0, 1, 3, 2));
            }
            case PAPER -> Torch.times(split.matMul(split.transpose(0, 1, 3, 2)), 1 / Math.sqrt(dim));
        };
        return scores.add(pairs.mask()).logSoftmax(-1);
    }

    /// Which pairs of tokens have a relation.
    ///
    /// Built by libtorch from one number a token: what DJL makes of a Java array stays in memory until Java collects garbage.
    ///
    /// @param mask    [B, 1, 1, T], or if causal [B, 1, T, T]: 0 where a column counts for a row, a large negative number where it
    ///                is padding or in the future
    /// @param counted [B, 1, T, T], 1 where the column counts and the row is a real token, 0 elsewhere
    private record Pairs(NDArray mask, NDArray counted) {

        static Pairs of(NDManager work, int[] lengths, long tokens, boolean causal) {
            int width = Math.toIntExact(tokens);
            float[] real = new float[lengths.length * width];
            float[] padded = new float[real.length];
            for (int b = 0; b < lengths.length; b++) {
                Arrays.fill(real, b * width, b * width + lengths[b], 1);
                Arrays.fill(padded, b * width + lengths[b], (b + 1) * width, PADDED);
            }
            NDArray rows = work.create(real, new Shape(lengths.length, 1, width, 1));
            NDArray columns = work.create(padded, new Shape(lengths.length, 1, 1, width));
            NDArray mask = causal ? columns.add(future(work, width)) : columns;
            return new Pairs(mask, rows.mul(mask.eq(0).toType(DataType.FLOAT32, false)));
        }

        private static NDArray future(NDManager work, int width) {
            float[] future = new float[width * width];
            for (int t = 0; t < width; t++) {
                Arrays.fill(future, t * width + t + 1, (t + 1) * width, PADDED);
            }
            return work.create(future, new Shape(1, 1, width, width));
        }
    }
}
