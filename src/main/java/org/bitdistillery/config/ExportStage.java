package org.bitdistillery.config;

/// The student as files.
public record ExportStage(
        @Setting(label = "On") boolean enabled,
        @Setting(
                        label = "Format",
                        help = "huggingface, bf16 (weights for further training), packed (one file, run here), tq2_0 and tq1_0 (GGUF for"
                                + " llama.cpp), i2_s (GGUF for bitnet.cpp).")
                Format format,
        @Setting(label = "Embeddings in GGUF", help = "Q8_0 and Q6_K make the file smaller and change logits a little.", advanced = true)
                Embeddings embeddings,
        @Setting(
                        label = "Must run on",
                        help = "Said now, what the program cannot run is refused before training, with what can be done about it.")
                Runtime runsOn) {

    public static final ExportStage DEFAULTS = new ExportStage(true, Format.HUGGINGFACE, Embeddings.F16, Runtime.ANY);

    public ExportStage(boolean enabled, Format format) {
        this(enabled, format, DEFAULTS.embeddings, DEFAULTS.runsOn);
    }

    public enum Format {
        /// Hugging Face folder with packed ternary weights, `quant_method` bitnet.
        HUGGINGFACE,
        /// Hugging Face folder with the master weights as BF16, for further training.
        BF16,
        /// One file with everything inside, for the engine of this program.
        PACKED,
        /// GGUF for llama.cpp, 2.06 bits a weight.
        TQ2_0,
        /// GGUF for llama.cpp, 1.69 bits a weight.
        TQ1_0,
        /// GGUF for bitnet.cpp, 2 bits a weight.
        I2_S;

        public boolean isGguf() {
            return this == TQ2_0 || this == TQ1_0 || this == I2_S;
        }
    }

    /// How a GGUF file keeps embeddings and head.
    public enum Embeddings { F16, Q8_0, Q6_K }

    /// A program that is to run the student.
    public enum Runtime { ANY, LLAMA_CPP, BITNET_CPP, TRANSFORMERS }
}
