package org.bitdistillery.config;

/// How often a training stage looks at itself and saves itself.
public record Telemetry(
        @Setting(label = "Weight histograms every", unit = "steps", min = 1) int histogramEvery,
        @Setting(label = "Validation every", unit = "steps", min = 1) int validateEvery,
        @Setting(label = "Validation rows", unit = "rows", min = 1, advanced = true) int validationRows,
        @Setting(label = "Checkpoint every", help = "A crash loses at most the steps since the last one.", unit = "steps", min = 1)
                int checkpointEvery,
        @Setting(label = "Checkpoints kept", help = "For each stage.", min = 1, max = 100, advanced = true) int keepCheckpoints,
        @Setting(label = "Keep the best", help = "The checkpoint with the lowest validation loss, beside the newest ones.", advanced = true)
                boolean keepBest,
        @Setting(label = "Hand over the best", help = "A stage passes on its best checkpoint instead of its last weights.", advanced = true)
                boolean handOverBest,
        @Setting(
                        label = "Divergence doctor",
                        help = "Stops at a checkpoint when the gradient explodes, a layer dies or a matrix is all zeros.",
                        advanced = true)
                boolean doctor) {

    public static final Telemetry DEFAULTS = new Telemetry(20, 100, 256, 200, 2, true, false, true);
}
