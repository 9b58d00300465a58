package org.bitdistillery.config;

/// How often a training stage looks at itself and saves itself.
public record Telemetry(
        @Setting(label = "Weight histograms every", unit = "steps", min = 1) int histogramEvery,
        @Setting(label = "Validation every", unit = "steps", min = 1) int validateEvery,
        @Setting(label = "Validation rows", unit = "rows", min = 1, advanced = true) int validationRows,
        @Setting(label = "Checkpoint every", help = "A crash loses at most the steps since the last one.", unit = "steps", min = 1)
                int checkpointEvery,
        @Setting(label = "Checkpoints kept", help = "For each stage.", min = 1, max = 100, advanced = true) int keepCheckpoints) {

    public static final Telemetry DEFAULTS = new Telemetry(20, 100, 256, 200, 2);
}
