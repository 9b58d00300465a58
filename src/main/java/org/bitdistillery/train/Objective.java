package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Torch;

/// What a training stage minimizes.
@FunctionalInterface
public interface Objective {

    /// @param share this batch's share of the optimizer step that it belongs to
    /// @param work  owner of everything that is computed
    Parts of(DecoderGraph student, Batch batch, Share share, NDManager work);

    /// Told after every update. An objective that changes as training goes on changes here.
    ///
    /// @param progress share of the stage's steps that are done, 0..1
    default void stepDone(org.bitdistillery.event.Losses losses, double progress) {}

    /// What a resumed stage needs to know of it; goes into checkpoints.
    default Map<String, Double> state() {
        return Map.of();
    }

    /// Takes over what [#state] gave.
    default void restore(Map<String, Double> state) {}

    /// The next-token loss on the targets of a batch: fine-tuning and continued pre-training.
    static Objective crossEntropy() {
        return (student, batch, share, work) -> {
            NDArray hidden = student.forward(work, batch.ids(), work.create(batch.targetRows()), Set.of()).hidden();
            ChunkedLosses.Hard hard = new ChunkedLosses.Hard(
                    LongStream.range(0, batch.targets()).toArray(), batch.targetTokens(), share.ofTargets());
            ChunkedLosses.Result result = new ChunkedLosses(student, hidden, work).of(hard, null);
            return new Parts(new Part(result.crossEntropy(), 1, share.ofTargets()), null, null, result.pull());
        };
    }

    /// How much of an optimizer step one of its batches is, 0..1, so that accumulated gradients equal those of one large batch.
    record Share(double ofTargets, double ofTokens) {}

    /// One mean over a batch.
    ///
    /// @param mean   scalar in nats, unweighted
    /// @param weight factor in the total
    /// @param share  of the step, 0..1
    record Part(NDArray mean, double weight, double share) {

        NDArray weighted() {
            return Torch.times(mean, weight * share);
        }
    }

    /// The loss in its parts; null where an objective has none.
    ///
    /// @param pull scalar whose gradient is that of the cross-entropy and the logits' distance, weighted; null where those
    ///             carry their gradients themselves
    record Parts(Part crossEntropy, Part logits, Part relation, NDArray pull) {

        /// What this batch adds to the loss of its step.
        NDArray total() {
            NDArray total = onLogits();
            return relation == null ? total : total.add(relation.weighted());
        }

        /// Where the backward pass begins: a scalar with the gradient of [#total].
        NDArray root() {
            NDArray root = pull == null ? onLogits() : pull;
            return relation == null ? root : root.add(relation.weighted());
        }

        private NDArray onLogits() {
            NDArray sum = crossEntropy.weighted();
            return logits == null ? sum : sum.add(logits.weighted());
        }
    }
}
