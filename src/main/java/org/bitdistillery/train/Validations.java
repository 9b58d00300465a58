package org.bitdistillery.train;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ParameterSpec;

/// Scores a model while it is trained on: a copy of its weights is looked at on another thread, so that a core which the
/// training leaves idle does it. A large model is scored at once instead, because its copy would cost more memory than
/// the short look is worth.
final class Validations implements AutoCloseable {

    /// Bytes of weights.
    private static final long MOST_COPIED = 64L << 20;

    private final Function<Decoder, Score> scoring;
    private final long mostCopied;
    private final ExecutorService aside = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("validation").factory());
    private final ArrayDeque<Pending> underWay = new ArrayDeque<>();

    /// @param scoring called on another thread, one model at a time; may give null
    Validations(Function<Decoder, Score> scoring) {
        this(scoring, MOST_COPIED);
    }

    /// @param mostCopied bytes of weights; a larger model is scored at once
    Validations(Function<Decoder, Score> scoring, long mostCopied) {
        this.scoring = scoring;
        this.mostCopied = mostCopied;
    }

    private record Pending(long step, Decoder weights, CompletableFuture<Score> score) {}

    /// A model's score, and its weights as they were at that step.
    interface Scored {
        void at(long step, Score score, Decoder weights);
    }

    /// Begins to score the weights as they are now; [#finished] has the score later.
    void begin(long step, Decoder student) {
        if (bytes(student) > mostCopied) {
            underWay.add(new Pending(step, student, CompletableFuture.completedFuture(scoring.apply(student))));
            return;
        }
        Decoder copy = student.snapshot();
        underWay.add(new Pending(step, copy, CompletableFuture.supplyAsync(() -> scoring.apply(copy), aside)));
    }

    private static long bytes(Decoder student) {
        return ParameterSpec.of(student.architecture()).stream().mapToLong(ParameterSpec::elements).sum() * Float.BYTES;
    }

    /// Hands over the scores that are known, in the order in which they were begun.
    ///
    /// @param wait    whether to wait for those that are not
    /// @param student whose copies are closed afterwards
    void finished(boolean wait, Decoder student, Scored scored) {
        while (!underWay.isEmpty() && (wait || underWay.peek().score.isDone())) {
            Pending next = underWay.remove();
            try {
                scored.at(next.step, next.score.join(), next.weights);
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            } finally {
                if (next.weights != student) {
                    next.weights.close();
                }
            }
        }
    }

    /// Lets the score under way come to its end: it reads weights that are about to be freed.
    @Override
    public void close() {
        aside.close();
        List<Pending> left = new ArrayList<>(underWay);
        underWay.clear();
        left.forEach(pending -> pending.weights.close());
    }
}
