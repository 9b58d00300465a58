package org.bitdistillery.inference;

import java.nio.file.Path;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;

/// A decoder-only language model on the CPU, read from a Hugging Face folder.
///
/// Full-precision folders (F32, F16, BF16) are kept as half precision; exported students keep their packed ternary weights,
/// and the latent weights of a student in training are quantized.
public final class CausalModel implements AutoCloseable {

    private final Architecture architecture;
    private final WeightFormat format;
    private final HalfMatrix embeddings;
    private final Block[] blocks;
    private final float[] finalNorm;
    private final Projection[] head;
    private final Workers workers;

    CausalModel(Architecture architecture, WeightFormat format, HalfMatrix embeddings, Block[] blocks, float[] finalNorm,
            HalfMatrix head, int threads) {
        this.architecture = architecture;
        this.format = format;
        this.embeddings = embeddings;
        this.blocks = blocks;
        this.finalNorm = finalNorm;
        this.head = new Projection[] {new Projection(head, null, null)};
        workers = new Workers(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
    }

    /// @param threads 0 for every core
    /// @throws InvalidInput where a file or tensor is missing, has another shape than config.json says, or is damaged
    public static CausalModel load(Path folder, int threads) {
        boolean latent = ConfigJson.readMode(folder) == LinearMode.TERNARY;
        return new ModelLoader(folder, ConfigJson.read(folder), latent).load(threads);
    }

    public Architecture architecture() {
        return architecture;
    }

    public WeightFormat format() {
        return format;
    }

    public int threads() {
        return workers.threads();
    }

    /// All weights in memory; tied embeddings count once.
    public long weightBytes() {
        long embedding = embeddings.bytes() + (head[0].matrix() == embeddings ? 0 : head[0].bytes());
        long norms = 4L * finalNorm.length;
        for (Block block : blocks) {
            norms += block.norms().all().mapToLong(gain -> 4L * gain.length).sum();
        }
        return embedding + norms + projectionBytes();
    }

    /// Weights of the blocks' projections, with their scales and the norms that belong to them.
    public long projectionBytes() {
        long bytes = 0;
        for (Block block : blocks) {
            bytes += block.projections().mapToLong(Projection::bytes).sum();
        }
        return bytes;
    }

    /// A sequence of at most `maxTokens` tokens, prompt and answer together.
    ///
    /// @throws InvalidInput where the model has fewer positions
    public Session newSession(int maxTokens) {
        if (maxTokens < 1 || maxTokens > architecture.maxPositions()) {
            throw new InvalidInput("A sequence of " + maxTokens + " tokens was asked for, the model has positions for 1 to "
                    + architecture.maxPositions() + ". Shorten the prompt or the answer.");
        }
        return new Session(this, workers, maxTokens);
    }

    HalfMatrix embeddings() {
        return embeddings;
    }

    Block block(int layer) {
        return blocks[layer];
    }

    float[] finalNorm() {
        return finalNorm;
    }

    Projection[] head() {
        return head;
    }

    @Override
    public void close() {
        workers.close();
    }
}
