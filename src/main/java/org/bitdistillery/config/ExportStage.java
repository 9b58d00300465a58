package org.bitdistillery.config;

/// The student as files.
public record ExportStage(
        @Setting(label = "On") boolean enabled,
        @Setting(label = "Format") Format format) {

    public static final ExportStage DEFAULTS = new ExportStage(true, Format.HUGGINGFACE);

    public enum Format {
        /// Hugging Face folder with packed ternary weights, `quant_method` bitnet.
        HUGGINGFACE
    }
}
