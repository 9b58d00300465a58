package org.bitdistillery.event;

/// Losses of one step in nats. The parts are unweighted; `total` is what was minimized. A part that a stage does not
/// have is null.
public record Losses(double total, Double crossEntropy, Double logits, Double relation) {

    public static Losses of(double crossEntropy) {
        return new Losses(crossEntropy, crossEntropy, null, null);
    }
}
