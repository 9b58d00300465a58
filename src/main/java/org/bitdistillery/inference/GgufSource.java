package org.bitdistillery.inference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.BlockNorm;
import org.bitdistillery.model.GgufArchitecture;
import org.bitdistillery.model.GgufNames;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Projection;
import org.bitdistillery.quant.TernaryBlocks;
import org.bitdistillery.quant.TernaryFormats;
import org.bitdistillery.tensorfile.GgufFile;
import org.bitdistillery.tensorfile.GgufTensor;
import org.bitdistillery.tensorfile.GgufType;

/// The weights of a GGUF file, ours or somebody else's.
///
/// TQ1_0, TQ2_0 and I2_S projections with one scale stay ternary; other types are read as numbers. The `llama` architecture has
/// the rows of query and key in another order, which is undone.
final class GgufSource implements WeightSource, AutoCloseable {

    private final GgufFile file;
    private final Architecture shape;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, Integer> interleaved = new HashMap<>();
    private final PackedOptions options;
    private final LongFunction<MemorySegment> memory;

    /// @param memory gives zeroed bytes, aligned to 64
    GgufSource(Path path, PackedOptions options, LongFunction<MemorySegment> memory) {
        this.options = options;
        this.memory = memory;
        file = GgufFile.open(path);
        try {
            shape = GgufArchitecture.read(file);
            nameEverything();
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    Architecture architecture() {
        return shape;
    }

    private void nameEverything() {
        names.put(ParameterSpec.EMBEDDING, GgufNames.EMBEDDING);
        names.put(ParameterSpec.FINAL_NORM, GgufNames.FINAL_NORM);
        names.put(ParameterSpec.HEAD, GgufNames.HEAD);
        boolean permuted = file.metadata().string("general.architecture").equals("llama");
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (BlockNorm norm : BlockNorm.values()) {
                if (norm.existsIn(shape.family())) {
                    names.put(norm.weight(layer, shape.family()), GgufNames.of(layer, GgufNames.part(norm), "weight"));
                }
            }
            for (Projection projection : Projection.values()) {
                names.put(projection.weight(layer), GgufNames.of(layer, GgufNames.part(projection), "weight"));
                names.put(projection.bias(layer), GgufNames.of(layer, GgufNames.part(projection), "bias"));
                if (projection.hasSubLn(shape.subLn())) {
                    names.put(projection.subLn(layer, shape.subLn()), GgufNames.of(layer, subNorm(projection, layer), "weight"));
                }
                if (permuted && (projection == Projection.QUERY || projection == Projection.KEY)) {
                    interleaved.put(projection.weight(layer), shape.headDim());
                }
            }
        }
        moveGainsBack();
    }

    private String subNorm(Projection projection, int layer) {
        String own = projection == Projection.DOWN ? GgufNames.FEED_FORWARD_SUB_NORM : GgufNames.ATTENTION_SUB_NORM;
        boolean bitnet = shape.subLn() == SubLnPlacement.PAPER && file.has(GgufNames.of(layer, own, "weight"));
        return bitnet ? own : GgufNames.normIn(projection);
    }

    /// bitnet.cpp's way to have a norm in front of down only: the gain of `ffn_norm` stands in front of gate and up.
    private void moveGainsBack() {
        for (int layer = 0; layer < shape.layers(); layer++) {
            String gate = GgufNames.of(layer, GgufNames.normIn(Projection.GATE), "weight");
            if (shape.subLn() == SubLnPlacement.PAPER && file.has(gate)) {
                String norm = GgufNames.of(layer, GgufNames.part(BlockNorm.FEED_FORWARD), "weight");
                String up = GgufNames.of(layer, GgufNames.normIn(Projection.UP), "weight");
                boolean moved = Arrays.equals(file.floats(gate), file.floats(up));
                for (float gain : file.floats(norm)) {
                    moved &= gain == 1;
                }
                if (!moved) {
                    throw new InvalidInput(file.path().getFileName() + ": layer " + layer + " has norms in front of gate and up that differ"
                            + " from one another, but none in front of the attention's: this program does not compute that.");
                }
                names.put(BlockNorm.FEED_FORWARD.weight(layer, shape.family()), gate);
            }
        }
    }

    @Override
    public Matrix matrix(String name, int rows, int columns) {
        GgufTensor tensor = expect(name, rows, columns);
        boolean projection = !name.equals(ParameterSpec.EMBEDDING) && !name.equals(ParameterSpec.HEAD);
        boolean ternary = tensor.type() == GgufType.TQ1_0 || tensor.type() == GgufType.TQ2_0 || tensor.type() == GgufType.I2_S;
        Matrix matrix = ternary && projection
                ? ternary(name, tensor, rows, columns)
                : plain(name, tensor, projection ? options.plain() : options.embedding());
        file.data(tensor.name()).unload();
        return matrix;
    }

    private Matrix plain(String name, GgufTensor tensor, WeightFormat format) {
        int rows = (int) tensor.shape()[0];
        int columns = tensor.columns();
        float scale = extraScale(tensor.name());
        float largest = 0;
        float[] row = new float[columns];
        for (int i = 0; i < rows; i++) {
            read(tensor, i, scale, row);
            for (float value : row) {
                requireFinite(tensor.name(), value);
                largest = Math.max(largest, Math.abs(value));
            }
        }
        Integer headDim = interleaved.get(name);
        MemorySegment target = memory.apply(Packed.bytes(format, rows, columns, format.alwaysRowScaled()));
        return Matrix.of(Packer.pack(format, rows, columns, Packer.scale(format, largest),
                (i, to) -> read(tensor, headDim == null ? i : GgufNames.interleaved(i, headDim), scale, to), target));
    }

    private void read(GgufTensor tensor, int row, float scale, float[] to) {
        float[] values = file.floats(tensor.name(), (long) row * to.length, to.length);
        for (int i = 0; i < to.length; i++) {
            to[i] = values[i] * scale;
        }
    }

    private Matrix ternary(String name, GgufTensor tensor, int rows, int columns) {
        TernaryBlocks blocks = blocks(tensor);
        if (!blocks.isUniform()) {
            throw new InvalidInput(file.path() + ": tensor " + tensor.name() + " has a scale of its own in each block, one for the whole tensor is"
                    + " computed here: it is no BitNet model.");
        }
        float scale = blocks.scales()[0] * extraScale(tensor.name());
        requireFinite(tensor.name(), scale);
        Integer headDim = interleaved.get(name);
        MemorySegment target = memory.apply(Packed.bytes(options.ternary(), rows, columns, false));
        return Matrix.of(Packer.packTernary(options.ternary(), rows, columns, scale, null, (row, to) -> System.arraycopy(
                blocks.codes(), (headDim == null ? row : GgufNames.interleaved(row, headDim)) * columns, to, 0, columns), target));
    }

    private TernaryBlocks blocks(GgufTensor tensor) {
        byte[] packed = file.data(tensor.name()).toArray(ValueLayout.JAVA_BYTE);
        try {
            return switch (tensor.type()) {
                case TQ1_0 -> TernaryFormats.tq1(packed);
                case TQ2_0 -> TernaryFormats.tq2(packed);
                default -> TernaryFormats.i2s(packed);
            };
        } catch (InvalidInput e) {
            throw new InvalidInput(file.path() + ": tensor " + tensor.name() + ": " + e.getMessage() + ".", e);
        }
    }

    @Override
    public float[] vector(String name, int length) {
        GgufTensor tensor = expect(name, length);
        float[] values = file.floats(tensor.name());
        for (int i = 0; i < values.length; i++) {
            requireFinite(tensor.name(), values[i]);
            values[i] -= isOffsetNorm(name) ? 1 : 0;
        }
        return values;
    }

    private void requireFinite(String name, float value) {
        if (!Float.isFinite(value)) {
            throw new InvalidInput(file.path() + ": tensor " + name + " holds " + value
                    + " where a finite number is expected: the file is damaged. Fetch it again.");
        }
    }

    /// GGUF files hold gains, Gemma's checkpoints what exceeds 1.
    private boolean isOffsetNorm(String name) {
        return shape.family().hasOffsetGains() && name.endsWith("norm.weight") && !name.endsWith("_sub_norm.weight")
                && !name.endsWith(".rms_norm.weight");
    }

    /// The tensor `.scale` beside a weight, or 1.
    private float extraScale(String weight) {
        String name = weight.replaceAll("\\.weight$", ".scale");
        return !name.equals(weight) && file.has(name) ? file.floats(name)[0] : 1;
    }

    private GgufTensor expect(String name, long... expected) {
        GgufTensor tensor = file.info(names.getOrDefault(name, name));
        if (!tensor.hasShape(expected)) {
            throw new InvalidInput(file.path() + ": tensor " + tensor.name() + " has the shape " + Arrays.toString(tensor.shape())
                    + ", the file's keys make it " + Arrays.toString(expected) + ". Fetch or convert it again.");
        }
        return tensor;
    }

    @Override
    public void close() {
        file.close();
    }
}
