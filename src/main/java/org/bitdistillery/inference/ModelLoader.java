package org.bitdistillery.inference;

import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.BlockNorm;
import org.bitdistillery.quant.Ternary;
import org.bitdistillery.quant.TernaryPacking;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.TensorInfo;

/// Reads `model.safetensors` with Hugging Face's names, checks every shape and lays the weights out for the kernels.
final class ModelLoader {

    private static final String WEIGHTS = "model.safetensors";

    private final Path folder;
    private final Architecture shape;
    private final boolean latent;
    private SafetensorsFile file;
    private boolean ternary;

    /// @param latent whether floating-point projections are a student's latent weights, to be rounded to ternary
    ModelLoader(Path folder, Architecture shape, boolean latent) {
        this.folder = folder;
        this.shape = shape;
        this.latent = latent;
    }

    CausalModel load(int threads) {
        Path path = folder.resolve(WEIGHTS);
        if (Files.exists(folder.resolve(WEIGHTS + ".index.json")) && !Files.exists(path)) {
            throw new InvalidInput(folder + " has its weights in several files, one " + WEIGHTS
                    + " is expected. Save the model with a larger shard size.");
        }
        try (var opened = SafetensorsFile.open(path)) {
            file = opened;
            HalfMatrix embeddings = half("model.embed_tokens.weight", shape.vocabularySize(), shape.hiddenSize());
            Block[] blocks = new Block[shape.layers()];
            Arrays.setAll(blocks, this::block);
            float[] finalNorm = gain("model.norm.weight", shape.hiddenSize());
            HalfMatrix head = shape.tiedEmbeddings()
                    ? embeddings
                    : half("lm_head.weight", shape.vocabularySize(), shape.hiddenSize());
            WeightFormat format = ternary ? WeightFormat.TERNARY_2BIT : WeightFormat.FP16;
            return new CausalModel(shape, format, embeddings, blocks, finalNorm, head, threads);
        }
    }

    private Block block(int layer) {
        String prefix = "model.layers." + layer + ".";
        int hidden = shape.hiddenSize();
        int attention = shape.heads() * shape.headDim();
        int keyValue = shape.keyValueHeads() * shape.headDim();
        int inner = shape.intermediateSize();
        return new Block(
                new Block.Norms(
                    norm(BlockNorm.INPUT, layer), norm(BlockNorm.QUERY, layer), norm(BlockNorm.KEY, layer),
                    norm(BlockNorm.ATTENTION_OUTPUT, layer), norm(BlockNorm.FEED_FORWARD, layer),
                    norm(BlockNorm.FEED_FORWARD_OUTPUT, layer)),
                new Projection[] {
                    projection(prefix + "self_attn.q_proj", attention, hidden, null),
                    projection(prefix + "self_attn.k_proj", keyValue, hidden, null),
                    projection(prefix + "self_attn.v_proj", keyValue, hidden, null)},
                new Projection[] {
                    projection(prefix + "self_attn.o_proj", hidden, attention, prefix + "self_attn.attn_sub_norm.weight")},
                new Projection[] {
                    projection(prefix + "mlp.gate_proj", inner, hidden, null),
                    projection(prefix + "mlp.up_proj", inner, hidden, null)},
                new Projection[] {projection(prefix + "mlp.down_proj", hidden, inner, prefix + "mlp.ffn_sub_norm.weight")});
    }

    /// Null where the family has no such norm.
    private float[] norm(BlockNorm norm, int layer) {
        return norm.existsIn(shape.family()) ? gain(norm.weight(layer, shape.family()), norm.width(shape)) : null;
    }

    private float[] gain(String name, int width) {
        float[] gain = vector(name, width);
        for (int i = 0; shape.family().hasOffsetGains() && i < width; i++) {
            gain[i] += 1;
        }
        return gain;
    }

    /// @param paperNorm name of the norm in front of this projection under placement `paper`, or null
    private Projection projection(String name, int rows, int columns, String paperNorm) {
        float[] subNorm = null;
        if (shape.subLn() == SubLnPlacement.ALL) {
            subNorm = vector(name + ".rms_norm.weight", columns);
        } else if (shape.subLn() == SubLnPlacement.PAPER && paperNorm != null) {
            subNorm = vector(paperNorm, columns);
        }
        boolean biased = shape.family().hasAttentionBias() && paperNorm == null && name.contains("self_attn");
        return new Projection(matrix(name, rows, columns), biased ? vector(name + ".bias", rows) : null, subNorm);
    }

    private Matrix matrix(String name, int rows, int columns) {
        if (file.info(name + ".weight").type() == DType.U8) {
            return packed(name, rows, columns);
        }
        if (!latent) {
            return half(name + ".weight", rows, columns);
        }
        ternary = true;
        Ternary rounded = Ternary.of(floats(name + ".weight", rows, columns));
        return TernaryMatrix.of(rounded.codes(), rows, columns, rounded.delta());
    }

    private TernaryMatrix packed(String name, int rows, int columns) {
        ternary = true;
        String weight = name + ".weight";
        if (rows % TernaryPacking.ROWS_A_BYTE != 0) {
            throw new InvalidInput(file.path() + ": " + weight + " is packed, yet its " + rows
                    + " rows are no multiple of 4. Check that config.json belongs to this file.");
        }
        expect(weight, rows / TernaryPacking.ROWS_A_BYTE, columns);
        var data = file.data(weight);
        byte[] codes;
        try {
            codes = TernaryPacking.unpack(data.toArray(ValueLayout.JAVA_BYTE));
        } catch (InvalidInput e) {
            throw new InvalidInput(file.path() + ": " + weight + ": " + e.getMessage(), e);
        }
        data.unload();
        return TernaryMatrix.of(codes, rows, columns, scale(name + ".weight_scale"));
    }

    private float scale(String name) {
        float[] scale = file.floats(name);
        if (scale.length != 1 || !Float.isFinite(scale[0]) || scale[0] < Ternary.LEAST_DELTA / 2) {
            String found = scale.length == 1 ? Float.toString(scale[0]) : scale.length + " numbers";
            throw new InvalidInput(file.path() + ": " + name + " holds " + found
                    + " where one scale of at least 1e-5 is expected. Export the student again.");
        }
        return scale[0];
    }

    private HalfMatrix half(String name, int rows, int columns) {
        return HalfMatrix.of(floats(name, rows, columns), rows, columns);
    }

    private float[] vector(String name, int length) {
        return floats(name, length);
    }

    private float[] floats(String name, long... expected) {
        expect(name, expected);
        float[] values = file.floats(name);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new InvalidInput(file.path() + ": tensor " + name + " holds " + value
                        + " where a finite number is expected: the training diverged or the file is damaged."
                        + " Use another checkpoint.");
            }
        }
        // What has been read need not stay resident: peak memory is a result that gets reported.
        file.data(name).unload();
        return values;
    }

    private void expect(String name, long... expected) {
        TensorInfo info = file.info(name);
        if (!info.hasShape(expected)) {
            throw new InvalidInput(file.path() + ": tensor " + name + " has the shape " + Arrays.toString(info.shape())
                    + ", config.json makes it " + Arrays.toString(expected)
                    + ". Use the config.json that belongs to these weights.");
        }
    }
}
