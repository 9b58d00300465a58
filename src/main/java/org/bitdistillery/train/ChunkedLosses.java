package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Torch;
import org.bitdistillery.model.TorchProgram;

/// Cross-entropy and logits distillation with the output head, some rows at a time: logits are multiplied, compared and
/// turned into gradients by closed forms, and forgotten. A graph over all logits would keep several arrays [R, V] until the
/// backward pass; here none outlives its chunk.
///
/// The head's gradient goes straight to [DecoderGraph#headGradient]. The gradient of the final states is handed on through a
/// scalar whose derivative it is, so that one backward pass takes it further with everything else.
final class ChunkedLosses {

    /// Logits of one chunk: 32 MiB of float32.
    private static final long CHUNK_ELEMENTS = 8L << 20;
    private static final long LEAST_ROWS = 128;

    private static final TorchProgram LOGITS = TorchProgram.of("""
            def forward(self, hidden: Tensor, start: int, end: int, head: Tensor) -> Tensor:
              return torch.type_as(torch.mm(torch.type_as(torch.slice(hidden, 0, start, end), head), torch.t(head)), hidden)
            """);

    private static final TorchProgram CROSS_ENTROPY = TorchProgram.of("""
            def forward(self, logits: Tensor, rows: Tensor, targets: Tensor, scale: float) -> List[Tensor]:
              chosen = logits
              if torch.numel(rows) < torch.size(logits, 0):
                chosen = torch.index_select(logits, 0, rows)
              q = torch.log_softmax(chosen, 1)
              at = torch.unsqueeze(targets, 1)
              found = torch.gather(q, 1, at)
              gradient = torch.exp_(q)
              less = torch.scatter_add_(gradient, 1, at, torch.neg(torch.ones_like(found)))
              return [torch.neg(torch.sum(found)), torch.mul_(gradient, scale)]
            """);

    private static final TorchProgram ADD_ROWS = TorchProgram.of("""
            def forward(self, gradient: Tensor, rows: Tensor, more: Tensor) -> Tensor:
              if torch.numel(rows) < torch.size(gradient, 0):
                return torch.index_add_(gradient, 0, rows, more)
              return torch.add_(gradient, more)
            """);

    private static final TorchProgram BACKWARD = TorchProgram.of("""
            def forward(self, gradient: Tensor, hidden: Tensor, start: int, end: int, head: Tensor, head_gradient: Tensor,
                        exact: bool) -> Tensor:
              rows = torch.type_as(torch.slice(hidden, 0, start, end), head)
              rounded = torch.type_as(gradient, head)
              if exact:
                added = torch.addmm_(head_gradient, torch.t(rounded), rows)
              else:
                added = torch.add_(head_gradient, torch.mm(torch.t(rounded), rows))
              return torch.type_as(torch.mm(rounded, head), hidden)
            """);

    /// With a frozen head.
    private static final TorchProgram STATES_BACKWARD = TorchProgram.of("""
            def forward(self, gradient: Tensor, hidden: Tensor, head: Tensor) -> Tensor:
              return torch.type_as(torch.mm(torch.type_as(gradient, head), head), hidden)
            """);

    private static final TorchProgram LOG_PROBABILITIES = TorchProgram.of("""
            def forward(self, hidden: Tensor, start: int, end: int, head: Tensor, tokens: Tensor) -> Tensor:
              rows = torch.type_as(torch.slice(hidden, 0, start, end), head)
              q = torch.log_softmax(torch.type_as(torch.mm(rows, torch.t(head)), hidden), 1)
              return torch.gather(q, 1, torch.unsqueeze(torch.slice(tokens, 0, start, end), 1))
            """);

    private final NDArray hidden;
    private final NDArray head;
    private final NDArray headGradient;
    private final boolean exact;
    private final NDManager work;
    private final long chunkRows;

    /// @param hidden final states of the student [R, D], with their graph
    /// @param work   owner of the results
    ChunkedLosses(DecoderGraph student, NDArray hidden, NDManager work) {
        this(hidden, student.productHead(), student.headGradient(), !student.computesInHalves(), work,
                chunkRows(student.head().getShape().get(0)));
    }

    /// @param head         [V, D], in the type that products are computed in
    /// @param headGradient of the same shape; what is found is added to it; null where the head is frozen
    /// @param exact        whether the head is in the gradient's type
    ChunkedLosses(NDArray hidden, NDArray head, NDArray headGradient, boolean exact, NDManager work, long chunkRows) {
        this.exact = exact;
        this.hidden = hidden;
        this.head = head;
        this.headGradient = headGradient;
        this.work = work;
        this.chunkRows = chunkRows;
    }

    /// Of one token behind each row, in nats, some rows at a time.
    ///
    /// @param tokens one for each row of the output
    static float[] logProbabilities(DecoderGraph.Output output, long[] tokens) {
        float[] values = new float[tokens.length];
        long step = chunkRows(output.head().getShape().get(0));
        for (long from = 0; from < tokens.length; from += step) {
            long to = Math.min(tokens.length, from + step);
            try (NDManager scratch = output.hidden().getManager().newSubManager()) {
                NDArray found = LOG_PROBABILITIES.run(
                        scratch, output.hidden(), from, to, output.head(), scratch.create(tokens)).singletonOrThrow();
                System.arraycopy(Torch.floats(found), 0, values, (int) from, (int) (to - from));
            }
        }
        return values;
    }

    /// Rows whose logits are held at once.
    static long chunkRows(long vocabulary) {
        return Math.max(LEAST_ROWS, CHUNK_ELEMENTS / vocabulary);
    }

    /// Rows with a token to be predicted.
    ///
    /// @param rows     ascending positions among the final states; at least one
    /// @param tokens   what is to be predicted there
    /// @param gradient derivative of the total by the mean cross-entropy
    record Hard(long[] rows, long[] tokens, double gradient) {}

    /// Rows with targets to be approached, all of them.
    ///
    /// @param factor   of the mean distance, for example τ²
    /// @param gradient derivative of the total by the mean distance times `factor`
    record Soft(SoftTargets targets, double factor, double gradient) {}

    /// @param crossEntropy mean over the hard rows, in nats, no gradient
    /// @param distance     mean over all rows times its factor, no gradient; null without soft targets
    /// @param pull         a scalar whose gradient by the final states is that of the total
    record Result(NDArray crossEntropy, NDArray distance, NDArray pull) {}

    /// @param soft null where there is only cross-entropy
    Result of(Hard hard, Soft soft) {
        long rows = hidden.getShape().get(0);
        NDList gradients = new NDList();
        NDArray crossEntropy = work.zeros(new Shape(), hidden.getDataType());
        NDArray distance = work.zeros(new Shape(), hidden.getDataType());
        for (long from = 0; from < rows; from += chunkRows) {
            long to = Math.min(rows, from + chunkRows);
            try (NDManager scratch = work.newSubManager()) {
                Chunk chunk = new Chunk(scratch, from, to);
                if (soft != null) {
                    chunk.approach(soft, rows, distance);
                }
                chunk.predict(hard, crossEntropy);
                NDArray gradient = chunk.backward();
                gradient.attach(work);
                gradients.add(gradient);
            }
        }
        NDArray gradient = gradients.size() == 1 ? gradients.singletonOrThrow().duplicate() : NDArrays.concat(gradients, 0);
        NDArray mean = crossEntropy.muli(1.0 / hard.rows().length);
        return new Result(mean, soft == null ? null : distance.muli(soft.factor() / rows), hidden.mul(gradient).sum());
    }

    /// Some rows: their logits, and the gradient by these.
    private final class Chunk {
        private final NDManager scratch;
        private final long from;
        private final long to;
        private final NDArray logits;
        private NDArray gradient;

        Chunk(NDManager scratch, long from, long to) {
            this.scratch = scratch;
            this.from = from;
            this.to = to;
            logits = LOGITS.run(scratch, hidden, from, to, head).singletonOrThrow();
        }

        void approach(Soft soft, long rows, NDArray sum) {
            NDList found = soft.targets().compare(scratch, logits, from, to, soft.gradient() * soft.factor() / rows);
            sum.addi(found.get(0));
            gradient = found.get(1);
        }

        void predict(Hard hard, NDArray sum) {
            int first = lowerBound(hard.rows(), from);
            int last = lowerBound(hard.rows(), to);
            if (first == last) {
                return;
            }
            long[] inside = Arrays.stream(hard.rows(), first, last).map(row -> row - from).toArray();
            NDArray rows = scratch.create(inside);
            NDArray targets = scratch.create(Arrays.copyOfRange(hard.tokens(), first, last));
            NDList found = CROSS_ENTROPY.run(scratch, logits, rows, targets, hard.gradient() / hard.rows().length);
            sum.addi(found.get(0));
            if (gradient == null && inside.length == to - from) {
                gradient = found.get(1);
            } else {
                NDArray base = gradient == null ? scratch.zeros(logits.getShape(), logits.getDataType()) : gradient;
                gradient = ADD_ROWS.run(scratch, base, rows, found.get(1)).singletonOrThrow();
            }
        }

        NDArray backward() {
            if (gradient == null) {
                return scratch.zeros(new Shape(to - from, hidden.getShape().get(1)), hidden.getDataType());
            }
            if (headGradient == null) {
                return STATES_BACKWARD.run(scratch, gradient, hidden, head).singletonOrThrow();
            }
            return BACKWARD.run(scratch, gradient, hidden, from, to, head, headGradient, exact).singletonOrThrow();
        }

        private static int lowerBound(long[] ascending, long value) {
            int found = Arrays.binarySearch(ascending, value);
            return found < 0 ? -found - 1 : found;
        }
    }
}
