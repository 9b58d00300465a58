package org.bitdistillery.config;

/// Stage 1: the student is the base model with additional norms in front of quantized projections.
public record SublnStage(
        @Setting(label = "Placement", help = "Paper: before the attention output and FFN down projections. All: before all seven.")
                SubLnPlacement placement) {

    public static final SublnStage DEFAULTS = new SublnStage(SubLnPlacement.PAPER);
}
