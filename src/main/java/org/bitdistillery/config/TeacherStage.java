package org.bitdistillery.config;

/// The base model: loaded, or made from a size and pre-trained on text.
///
/// @param tokens pre-training budget; 0 leaves the model as it is loaded
public record TeacherStage(
        @Setting(label = "Model", help = "A folder of yours, the small one that BitDistillery brings along, or a new one.") Source source,
        @Setting(
                        label = "Model folder",
                        help = "Hugging Face layout: config.json, model.safetensors, tokenizer.json. Or org/name of a model in the library.",
                        path = Setting.PathKind.FOLDER)
                String path,
        @Setting(label = "Size of a new model") Size size,
        @Setting(label = "Vocabulary of a new model", unit = "tokens", min = 260, max = 65536) int vocabularySize,
        @Setting(label = "Corpus") Corpus corpus,
        @Setting(label = "Pre-training budget", help = "0 skips pre-training.", unit = "tokens", min = 0) long tokens,
        @Setting(label = "Sequence length", unit = "tokens", min = 8, max = 131072) int sequenceLength,
        @Setting(label = "Optimization") Optimization optimization) {

    public static final TeacherStage DEFAULTS = new TeacherStage(
            Source.FOLDER, "", Size.NANO, 1024, Corpus.DEFAULTS, 0, 128, Optimization.withLearningRate(1e-3));

    /// Where the base model comes from.
    public enum Source {
        /// A Hugging Face folder that the user names.
        FOLDER,
        /// The small model that comes with the program, pre-trained on the starter corpus.
        STARTER,
        /// Random weights and a tokenizer trained on the corpus.
        NEW
    }

    /// Llama-style shapes with tied embeddings whose student runs in llama.cpp unchanged: hidden and feed-forward sizes
    /// are multiples of 256, and heads × head dimension is the hidden size.
    public enum Size {
        NANO(256, 3, 4, 512),
        MICRO(256, 4, 4, 768),
        MINI(512, 6, 8, 1536),
        SMALL(768, 8, 12, 2048);

        private final int hiddenSize;
        private final int layers;
        private final int heads;
        private final int intermediateSize;

        Size(int hiddenSize, int layers, int heads, int intermediateSize) {
            this.hiddenSize = hiddenSize;
            this.layers = layers;
            this.heads = heads;
            this.intermediateSize = intermediateSize;
        }

        public int hiddenSize() {
            return hiddenSize;
        }

        public int layers() {
            return layers;
        }

        public int heads() {
            return heads;
        }

        public int intermediateSize() {
            return intermediateSize;
        }
    }
}
