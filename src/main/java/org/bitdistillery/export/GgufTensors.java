package org.bitdistillery.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.BlockNorm;
import org.bitdistillery.model.Family;
import org.bitdistillery.model.GgufNames;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Projection;
import org.bitdistillery.model.Rope;
import org.bitdistillery.quant.BlockFormats;
import org.bitdistillery.quant.Ternary;
import org.bitdistillery.quant.TernaryFormats;
import org.bitdistillery.tensorfile.GgufType;
import org.bitdistillery.tensorfile.GgufWriter.Entry;
import org.bitdistillery.tensorfile.TensorContent;

/// The tensors of a student as a GGUF file has them, each read from the student only when it is written.
///
/// Two rewritings are exact. Feed-forward rows are padded with zeros to a multiple of the block, F to F': the padded part
/// of the hidden vector is zero, and where SubLN norms that vector, its mean square shrinks by F/F'. Multiplying the scale of
/// the up projection by √(F'/F) makes the mean square plus epsilon what it was, and the gain is divided by the same root.
/// Where bitnet.cpp asks for a norm in front of gate and up to have one in front of down, the gain of `ffn_norm` moves into both
/// and `ffn_norm` becomes 1; norming twice changes nothing but the length, by about epsilon, which INT8 rounding divides out.
final class GgufTensors {

    /// Rows of a large matrix that are in memory at once have about so many elements.
    private static final int CHUNK = 1 << 20;

    private final Architecture shape;
    private final StudentWeights weights;
    private final Format format;
    private final Embeddings embeddings;
    private final int paddedRows;
    private final double paddingRoot;
    private final List<Entry> entries = new ArrayList<>();

    GgufTensors(Architecture shape, StudentWeights weights, Format format, Embeddings embeddings) {
        this.shape = shape;
        this.weights = weights;
        this.format = format;
        this.embeddings = embeddings;
        int block = Compatibility.rowBlock(format);
        paddedRows = Math.ceilDiv(shape.intermediateSize(), block) * block;
        paddingRoot = Math.sqrt((double) paddedRows / shape.intermediateSize());
    }

    /// Width of the feed-forward part in the file.
    int intermediateSize() {
        return paddedRows;
    }

    List<Entry> entries() {
        half(GgufNames.EMBEDDING, ParameterSpec.EMBEDDING);
        norm(GgufNames.FINAL_NORM, ParameterSpec.FINAL_NORM, shape.family().hasOffsetGains());
        if (!shape.tiedEmbeddings()) {
            half(GgufNames.HEAD, ParameterSpec.HEAD);
        }
        if (shape.attention().rope().scaling() instanceof Rope.Scaling.Llama3) {
            ropeFactors();
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            block(layer);
        }
        return entries;
    }

    private void block(int layer) {
        for (BlockNorm norm : BlockNorm.values()) {
            boolean moved = norm == BlockNorm.FEED_FORWARD && movesGain();
            if (norm.existsIn(shape.family())) {
                String name = GgufNames.of(layer, GgufNames.part(norm), "weight");
                String source = norm.weight(layer, shape.family());
                if (moved) {
                    ones(name, shape.hiddenSize());
                    norm(GgufNames.of(layer, GgufNames.normIn(Projection.GATE), "weight"), source, shape.family().hasOffsetGains());
                    norm(GgufNames.of(layer, GgufNames.normIn(Projection.UP), "weight"), source, shape.family().hasOffsetGains());
                } else {
                    norm(name, source, shape.family().hasOffsetGains());
                }
            }
        }
        for (Projection projection : Projection.values()) {
            subNorm(layer, projection);
            ternary(layer, projection);
            if (projection.hasBias(shape.family())) {
                String bias = projection.bias(layer);
                entries.add(new Entry(GgufNames.of(layer, GgufNames.part(projection), "bias"), GgufType.F32,
                        new long[] {projection.outputs(shape)}, sink -> sink.put(BlockFormats.packF32(weights.floats(bias)))));
            }
        }
    }

    private boolean movesGain() {
        return shape.subLn() == SubLnPlacement.PAPER && !shape.isBitNet();
    }

    private void subNorm(int layer, Projection projection) {
        if (!projection.hasSubLn(shape.subLn())) {
            return;
        }
        String part = shape.isBitNet()
                ? projection == Projection.DOWN ? GgufNames.FEED_FORWARD_SUB_NORM : GgufNames.ATTENTION_SUB_NORM
                : GgufNames.normIn(projection);
        String source = projection.subLn(layer, shape.subLn());
        int width = projection == Projection.DOWN ? paddedRows : projection.inputs(shape);
        double root = projection == Projection.DOWN ? paddingRoot : 1;
        entries.add(new Entry(GgufNames.of(layer, part, "weight"), GgufType.F32, new long[] {width}, sink -> {
            float[] gain = Arrays.copyOf(weights.floats(source), width);
            for (int i = 0; i < gain.length && root != 1; i++) {
                gain[i] = (float) (gain[i] / root);
            }
            sink.put(BlockFormats.packF32(gain));
        }));
    }

    private void ternary(int layer, Projection projection) {
        String name = GgufNames.of(layer, GgufNames.part(projection), "weight");
        boolean inner = projection == Projection.GATE || projection == Projection.UP;
        int rows = inner ? paddedRows : projection.outputs(shape);
        int columns = projection == Projection.DOWN ? paddedRows : projection.inputs(shape);
        boolean exact = format != Format.I2_S && hasExactScales();
        entries.add(new Entry(name, type(), new long[] {rows, columns}, sink -> {
            Ternary ternary = weights.ternary(projection.weight(layer));
            byte[] codes = padded(ternary.codes(), projection, rows, columns);
            sink.put(pack(codes, exact ? 1 : scale(ternary.delta(), projection)));
        }));
        if (exact) {
            entries.add(new Entry(GgufNames.of(layer, GgufNames.part(projection), "scale"), GgufType.F32, new long[] {1}, sink ->
                    sink.put(BlockFormats.packF32(new float[] {scale(weights.delta(projection.weight(layer)), projection)}))));
        }
    }

    /// Every llama.cpp reads a tensor `.scale` for the projections of `bitnet`, those that know `qwen3` for its, too. For `llama` older
    /// versions refuse the file because of it, and for the others newer ones ignore it: there the blocks have the scale as F16.
    private boolean hasExactScales() {
        return Compatibility.hasExactScales(shape);
    }

    private float scale(float delta, Projection projection) {
        boolean compensates = projection == Projection.UP && Projection.DOWN.hasSubLn(shape.subLn());
        return compensates ? (float) (delta * paddingRoot) : delta;
    }

    private GgufType type() {
        return switch (format) {
            case TQ1_0 -> GgufType.TQ1_0;
            case TQ2_0 -> GgufType.TQ2_0;
            default -> GgufType.I2_S;
        };
    }

    private byte[] pack(byte[] codes, float scale) {
        return switch (format) {
            case TQ1_0 -> TernaryFormats.packTq1(codes, scale);
            case TQ2_0 -> TernaryFormats.packTq2(codes, scale);
            default -> TernaryFormats.packI2s(codes, scale);
        };
    }

    private byte[] padded(byte[] codes, Projection projection, int rows, int columns) {
        int ownColumns = projection.inputs(shape);
        int ownRows = projection.outputs(shape);
        boolean permuted = shape.family() == Family.LLAMA && shape.subLn() == SubLnPlacement.OFF
                && (projection == Projection.QUERY || projection == Projection.KEY);
        if (ownColumns == columns && ownRows == rows && !permuted) {
            return codes;
        }
        byte[] result = new byte[rows * columns];
        for (int row = 0; row < ownRows; row++) {
            int from = permuted ? GgufNames.halfApart(row, shape.headDim()) : row;
            System.arraycopy(codes, from * ownColumns, result, row * columns, ownColumns);
        }
        return result;
    }

    private void norm(String name, String source, boolean offset) {
        entries.add(new Entry(name, GgufType.F32, new long[] {weights.shape(source)[0]}, sink -> {
            float[] gain = weights.floats(source);
            for (int i = 0; i < gain.length && offset; i++) {
                gain[i] += 1;
            }
            sink.put(BlockFormats.packF32(gain));
        }));
    }

    private void ones(String name, int width) {
        float[] ones = new float[width];
        Arrays.fill(ones, 1);
        entries.add(new Entry(name, GgufType.F32, new long[] {width}, TensorContent.of(BlockFormats.packF32(ones))));
    }

    private void ropeFactors() {
        double[] plain = Rope.of(shape.attention().rope().theta()).frequencies(shape.headDim());
        double[] stretched = shape.attention().rope().frequencies(shape.headDim());
        float[] factors = new float[plain.length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = (float) (plain[i] / stretched[i]);
        }
        entries.add(new Entry(GgufNames.ROPE_FACTORS, GgufType.F32, new long[] {factors.length},
                TensorContent.of(BlockFormats.packF32(factors))));
    }

    private void half(String name, String source) {
        long[] dimensions = weights.shape(source);
        int columns = Math.toIntExact(dimensions[1]);
        GgufType type = embeddingType(columns);
        entries.add(new Entry(name, type, dimensions, sink -> {
            int rows = Math.max(1, CHUNK / columns);
            for (long row = 0; row < dimensions[0]; row += rows) {
                float[] part = weights.floats(source, row * columns, Math.min(rows, dimensions[0] - row) * columns);
                sink.put(switch (type) {
                    case Q8_0 -> BlockFormats.packQ8(part);
                    case Q6_K -> BlockFormats.packQ6(part);
                    default -> BlockFormats.packF16(part);
                });
            }
        }));
    }

    private GgufType embeddingType(int columns) {
        GgufType type = switch (embeddings) {
            case F16 -> GgufType.F16;
            case Q8_0 -> GgufType.Q8_0;
            case Q6_K -> GgufType.Q6_K;
        };
        return columns % type.block() == 0 ? type : GgufType.F16;
    }
}
