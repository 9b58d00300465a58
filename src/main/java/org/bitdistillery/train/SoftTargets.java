package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.TorchProgram;

/// What the student's logits are drawn to, row by row, and the closed form of the distance's gradient:
/// with `q = softmax(z/τ)`, `d KL(p ‖ q) / dz = (q - p) / τ`.
sealed interface SoftTargets {

    /// @param scratch owner of the results and of what is computed on the way
    /// @param logits  of the student's rows `from` to `to`, [C, V]; not changed
    /// @param scale   factor of the gradient
    /// @return the sum of the rows' `KL(p ‖ q)` in nats, and `scale · d KL / dz` [C, V]
    NDList compare(NDManager scratch, NDArray logits, long from, long to, double scale);

    /// The teacher's logits at temperature τ, or those between the student's own and the teacher's.
    ///
    /// @param hidden the teacher's final states [R, D']
    /// @param head   the teacher's [V, D']
    /// @param share  of the teacher in the target, 0..1; 1 but for TAID
    record Full(NDArray hidden, NDArray head, double temperature, double share) implements SoftTargets {

        private static final TorchProgram COMPARE = TorchProgram.of("""
                def forward(self, logits: Tensor, hidden: Tensor, start: int, end: int, head: Tensor, temperature: float,
                            share: float, scale: float) -> List[Tensor]:
                  rows = torch.type_as(torch.slice(hidden, 0, start, end), head)
                  soft = torch.type_as(torch.mm(rows, torch.t(head)), logits)
                  if share < 1.:
                    mixed = torch.add_(torch.mul_(soft, share), logits, alpha=1. - share)
                  target = torch.log_softmax(torch.mul_(soft, 1. / temperature), 1)
                  own = torch.log_softmax(torch.mul(logits, 1. / temperature), 1)
                  p = torch.exp(target)
                  loss = torch.sum(torch.mul_(torch.sub_(target, own), p))
                  gradient = torch.mul_(torch.sub_(torch.exp_(own), p), scale / temperature)
                  return [loss, gradient]
                """);

        @Override
        public NDList compare(NDManager scratch, NDArray logits, long from, long to, double scale) {
            requireSameVocabulary(logits.getShape().get(1), head.getShape().get(0));
            return COMPARE.run(scratch, logits, hidden, from, to, head, temperature, share, scale);
        }
    }

    /// What the teacher said earlier of its largest probabilities; all other tokens are one bucket, with one mass.
    ///
    /// @param records of the rows
    record Kept(TeacherLogits cache, long[] records, double temperature) implements SoftTargets {

        private static final TorchProgram COMPARE = TorchProgram.of("""
                def forward(self, logits: Tensor, at: Tensor, log_p: Tensor, rest: Tensor, temperature: float,
                            scale: float) -> List[Tensor]:
                  own = torch.log_softmax(torch.mul(logits, 1. / temperature), 1)
                  log_q = torch.gather(own, 1, at)
                  p = torch.exp(log_p)
                  gradient = torch.exp(own)
                  log_rest = torch.logsumexp(torch.scatter_(own, 1, at, -1e30), [1])
                  some = torch.gt(rest, 0.)
                  ratio = torch.where(some, torch.exp(torch.sub(torch.log(rest), log_rest)), torch.zeros_like(rest))
                  bucket = torch.where(some, torch.mul(rest, torch.log(ratio)), torch.zeros_like(rest))
                  loss = torch.add(torch.sum(torch.mul(torch.sub(log_p, log_q), p)), torch.sum(bucket))
                  others = torch.mul_(gradient, torch.unsqueeze(torch.rsub(ratio, 1.), 1))
                  largest = torch.scatter_(gradient, 1, at, torch.sub(torch.exp(log_q), p))
                  return [loss, torch.mul_(gradient, scale / temperature)]
                """);

        @Override
        public NDList compare(NDManager scratch, NDArray logits, long from, long to, double scale) {
            NDList kept = cache.read(scratch, records, (int) from, (int) to);
            NDArray logs = kept.get(1).toType(logits.getDataType(), false);
            return compare(scratch, logits, kept.get(0), logs, kept.get(2).toType(logits.getDataType(), false), temperature, scale);
        }

        /// @param at   ids of the largest probabilities, int64 [C, k]
        /// @param logs their logarithms [C, k]
        /// @param rest mass of all others [C]
        static NDList compare(NDManager scratch, NDArray logits, NDArray at, NDArray logs, NDArray rest, double temperature, double scale) {
            return COMPARE.run(scratch, logits, at, logs, rest, temperature, scale);
        }
    }

    /// @throws InvalidInput where the vocabularies differ
    static void requireSameVocabulary(long student, long teacher) {
        if (student != teacher) {
            throw new InvalidInput("The student's vocabulary has " + student + " entries and the teacher's " + teacher
                    + ": logits can only be distilled between models with the same tokenizer. Set the logits weight to 0 or"
                    + " choose another teacher.");
        }
    }
}
