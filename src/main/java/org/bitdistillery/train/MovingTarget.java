package org.bitdistillery.train;

import java.util.Map;

/// TAID (Shing et al., arXiv 2501.16937, algorithm 1): how far the target of logits distillation has moved from the student's
/// own distribution (`t = 0`) to the teacher's (`t = 1`). It moves at least linearly with training, faster while the loss falls.
final class MovingTarget {

    private static final double START = 0.4;
    private static final double END = 1;
    private static final double RATE = 5e-4;
    private static final double MOMENTUM = 0.99;

    private double share = START;
    private double momentum;
    private double previousLoss = Double.POSITIVE_INFINITY;

    /// The teacher's share t of the target, 0..1.
    double share() {
        return share;
    }

    /// @param loss     logits loss of the step, in nats
    /// @param progress share of all steps that are done, 0..1
    void advance(double loss, double progress) {
        if (Double.isFinite(previousLoss)) {
            double improvement = (previousLoss - loss) / (previousLoss + 1e-15);
            momentum = MOMENTUM * momentum + (1 - MOMENTUM) * improvement;
            double step = RATE * sigmoid(momentum) * (1 - share);
            share = Math.min(END, Math.max(START + (END - START) * progress, share + step));
        }
        previousLoss = loss;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    Map<String, Double> state() {
        return Double.isFinite(previousLoss)
                ? Map.of("taid.share", share, "taid.momentum", momentum, "taid.previousLoss", previousLoss)
                : Map.of();
    }

    void restore(Map<String, Double> state) {
        share = state.getOrDefault("taid.share", START);
        momentum = state.getOrDefault("taid.momentum", 0.0);
        previousLoss = state.getOrDefault("taid.previousLoss", Double.POSITIVE_INFINITY);
    }
}
