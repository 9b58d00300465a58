package org.bitdistillery.config;

import java.util.List;

/// How the student's projections are rounded: weights to -1, 0 and 1, activations to INT8 (BitDistill, eq. 1-3).
///
/// Embeddings, head and norms are never quantized.
public record Quantization(
        @Setting(
                        label = "Scale",
                        help = "Of the absmean quantizer: one for a tensor, for each output channel, or for each block of weights.")
                Granularity granularity,
        @Setting(label = "Block", help = "Consecutive input weights that share a scale.", unit = "weights", min = 2, max = 65536, advanced = true)
                int blockSize,
        @Setting(
                        label = "Initialization",
                        help = "What prepares the weights before the student is trained: nothing, GPTQ or AWQ, with calibration rows.")
                Initialization initialization,
        @Setting(label = "Calibration", help = "Rows of the corpus or task whose activations GPTQ and AWQ look at.", unit = "sequences",
                        min = 1, max = 65536, advanced = true)
                int calibrationSequences,
        @Setting(label = "INT8 activations", help = "Off is a diagnostic: the student then is no W1.58A8 model.", advanced = true)
                boolean int8Activations,
        @Setting(label = "Dead-zone bias", help = "Tequila: weights in the dead zone also act as a bias, which gives them a gradient.",
                        advanced = true)
                boolean deadZoneBias,
        @Setting(label = "Keep in full precision", help = "Parts of names of projections that are not quantized, for example layers.0.",
                        advanced = true)
                List<String> keep) {

    public static final Quantization DEFAULTS =
            new Quantization(Granularity.TENSOR, 256, Initialization.NONE, 32, true, false, List.of());

    /// Which weights share a scale.
    public enum Granularity { TENSOR, CHANNEL, BLOCK }

    /// What the student's weights go through before stage 1.
    public enum Initialization { NONE, GPTQ, AWQ }

    /// Whether export formats and the CPU engine can hold a student that is quantized like this.
    public boolean fitsExports() {
        return granularity == Granularity.TENSOR && int8Activations && !deadZoneBias && keep.isEmpty();
    }

    /// Whether a projection is quantized.
    ///
    /// @param name Hugging Face name of its weight, for example `model.layers.0.mlp.up_proj.weight`
    public boolean covers(String name) {
        return keep.stream().noneMatch(name::contains);
    }
}
