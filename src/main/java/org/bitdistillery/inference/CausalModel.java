package org.bitdistillery.inference;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.tensorfile.SafetensorsFolder;

/// A decoder-only language model on the CPU, read from a Hugging Face folder, a GGUF file or a packed file.
///
/// A folder's weights are laid out for the kernels when they are read: full precision (F32, F16, BF16) as half precision, exported
/// students with their ternary codes, the latent weights of a student in training rounded. A packed file is only mapped.
public final class CausalModel implements AutoCloseable {

    private static final String GGUF = ".gguf";

    private final Architecture architecture;
    private final ModelWeights weights;
    private final Runnable release;
    private final Projection[] head;
    private final Workers workers;

    /// @param release frees the weights when the model is closed
    CausalModel(Architecture architecture, ModelWeights weights, Runnable release, int threads) {
        this.architecture = architecture;
        this.weights = weights;
        this.release = release;
        this.head = new Projection[] {new Projection(weights.head(), null, null)};
        workers = new Workers(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
    }

    /// @param path    a Hugging Face folder, a GGUF file or a packed file
    /// @param threads 0 for every core
    /// @throws InvalidInput where a file or tensor is missing, has another shape than the model's description says, or is damaged
    public static CausalModel load(Path path, int threads) {
        return load(path, threads, WeightMemory::ofItsOwn);
    }

    /// The same in little memory.
    ///
    /// @param scratch folder for a temporary file with the weights, where they are not in one that can be mapped as it is
    public static CausalModel load(Path path, int threads, Path scratch) {
        return load(path, threads, () -> WeightMemory.inFileOf(scratch));
    }

    private static CausalModel load(Path path, int threads, Supplier<WeightMemory> memory) {
        if (!Files.isRegularFile(path)) {
            return loadFolder(path, threads, memory.get());
        }
        return path.toString().endsWith(GGUF) ? loadGguf(path, threads, memory.get()) : loadPacked(path, threads);
    }

    private static CausalModel loadPacked(Path path, int threads) {
        PackedFile file = PackedFile.open(path);
        try {
            return new CausalModel(file.architecture(), new ModelLoader(file.architecture(), file).load(), file::close, threads);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static CausalModel loadGguf(Path file, int threads, WeightMemory memory) {
        return owning(memory, () -> {
            try (var source = new GgufSource(file, PackedOptions.DEFAULTS, memory)) {
                return new CausalModel(source.architecture(), new ModelLoader(source.architecture(), source).load(), memory::close, threads);
            }
        });
    }

    private static CausalModel loadFolder(Path folder, int threads, WeightMemory memory) {
        return owning(memory, () -> {
            boolean latent = ConfigJson.readMode(folder) == LinearMode.TERNARY;
            Quantization quantization = latent ? ConfigJson.readQuantization(folder) : null;
            return load(folder, ConfigJson.read(folder), quantization, PackedOptions.DEFAULTS, ConfigJson.hasInverseScales(folder), threads, memory);
        });
    }

    /// @param quantization of latent weights, or null
    static CausalModel load(Path folder, Architecture shape, Quantization quantization, PackedOptions options, int threads) {
        WeightMemory memory = WeightMemory.ofItsOwn();
        return owning(memory, () -> load(folder, shape, quantization, options, false, threads, memory));
    }

    private static CausalModel load(
            Path folder, Architecture shape, Quantization quantization, PackedOptions options, boolean inverseScales, int threads,
            WeightMemory memory) {
        try (var files = SafetensorsFolder.open(folder)) {
            var source = new FolderWeights(files, quantization, options, memory).withInverseScales(inverseScales);
            return new CausalModel(shape, new ModelLoader(shape, source).load(), memory::close, threads);
        }
    }

    private static CausalModel owning(WeightMemory memory, Supplier<CausalModel> loading) {
        try {
            return loading.get();
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    public Architecture architecture() {
        return architecture;
    }

    /// Of the projections.
    public WeightFormat format() {
        return weights.blocks()[0].down()[0].matrix().format();
    }

    public WeightFormat embeddingFormat() {
        return weights.embedding().format();
    }

    public int threads() {
        return workers.threads();
    }

    /// All weights in memory; tied embeddings count once.
    public long weightBytes() {
        return weights.bytes();
    }

    /// Weights of the blocks' projections, with their scales and the norms that belong to them.
    public long projectionBytes() {
        return weights.projectionBytes();
    }

    /// A sequence of at most `maxTokens` tokens, prompt and answer together, keys and values as computed.
    ///
    /// @throws InvalidInput where the model has fewer positions
    public Session newSession(int maxTokens) {
        return newSession(maxTokens, CacheFormat.F32);
    }

    /// @throws InvalidInput where the model has fewer positions
    public Session newSession(int maxTokens, CacheFormat cache) {
        if (maxTokens < 1 || maxTokens > architecture.maxPositions()) {
            throw new InvalidInput("A sequence of " + maxTokens + " tokens was asked for, the model has positions for 1 to "
                    + architecture.maxPositions() + ". Shorten the prompt or the answer.");
        }
        return new Session(this, workers, maxTokens, cache);
    }

    Matrix embeddings() {
        return weights.embedding();
    }

    Block block(int layer) {
        return weights.blocks()[layer];
    }

    float[] finalNorm() {
        return weights.finalNorm();
    }

    Projection[] head() {
        return head;
    }

    @Override
    public void close() {
        workers.close();
        release.run();
    }
}
