package org.bitdistillery.inference;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bitdistillery.quant.BlockFormats;
import org.bitdistillery.quant.TernaryFormats;
import org.bitdistillery.tensorfile.GgufType;
import org.bitdistillery.tensorfile.GgufValue;
import org.bitdistillery.tensorfile.GgufWriter;
import org.bitdistillery.tensorfile.GgufWriter.Entry;
import org.bitdistillery.tensorfile.TensorContent;

/// The matrices of Qwen3-0.6B with random weights as GGUF files of the `llama` graph, which every llama.cpp and bitnet.cpp knows: what
/// [ShapeBenchmark]'s files are measured against. Argument: a folder.
public final class ShapeGguf {

    private static final int VOCABULARY = 151_936;
    private static final int HIDDEN = 1024;
    private static final int INNER = 3072;
    private static final int LAYERS = 28;
    private static final int HEADS = 16;
    private static final int KEY_VALUE_HEADS = 8;
    private static final int HEAD_DIM = 128;
    private static final float DEVIATION = 0.02f;

    private ShapeGguf() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectories(Path.of(args[0]));
        write(folder.resolve("llama-f16.gguf"), GgufType.F16, GgufType.F16);
        write(folder.resolve("llama-tq2_0-q8.gguf"), GgufType.TQ2_0, GgufType.Q8_0);
        write(folder.resolve("llama-i2_s-q8.gguf"), GgufType.I2_S, GgufType.Q8_0);
    }

    private static void write(Path file, GgufType projections, GgufType embeddings) {
        List<Entry> entries = new ArrayList<>();
        matrix(entries, "token_embd.weight", embeddings, VOCABULARY, HIDDEN);
        gain(entries, "output_norm.weight");
        for (int layer = 0; layer < LAYERS; layer++) {
            String block = "blk." + layer + ".";
            gain(entries, block + "attn_norm.weight");
            gain(entries, block + "ffn_norm.weight");
            matrix(entries, block + "attn_q.weight", projections, HEADS * HEAD_DIM, HIDDEN);
            matrix(entries, block + "attn_k.weight", projections, KEY_VALUE_HEADS * HEAD_DIM, HIDDEN);
            matrix(entries, block + "attn_v.weight", projections, KEY_VALUE_HEADS * HEAD_DIM, HIDDEN);
            matrix(entries, block + "attn_output.weight", projections, HIDDEN, HEADS * HEAD_DIM);
            matrix(entries, block + "ffn_gate.weight", projections, INNER, HIDDEN);
            matrix(entries, block + "ffn_up.weight", projections, INNER, HIDDEN);
            matrix(entries, block + "ffn_down.weight", projections, HIDDEN, INNER);
        }
        GgufWriter.write(file, keys(), entries, _ -> {});
        System.out.println(file + " " + file.toFile().length());
    }

    private static Map<String, GgufValue> keys() {
        Map<String, GgufValue> keys = new LinkedHashMap<>();
        keys.put("general.architecture", GgufValue.string("llama"));
        keys.put("llama.context_length", GgufValue.u32(4096));
        keys.put("llama.embedding_length", GgufValue.u32(HIDDEN));
        keys.put("llama.block_count", GgufValue.u32(LAYERS));
        keys.put("llama.feed_forward_length", GgufValue.u32(INNER));
        keys.put("llama.attention.head_count", GgufValue.u32(HEADS));
        keys.put("llama.attention.head_count_kv", GgufValue.u32(KEY_VALUE_HEADS));
        keys.put("llama.attention.key_length", GgufValue.u32(HEAD_DIM));
        keys.put("llama.attention.value_length", GgufValue.u32(HEAD_DIM));
        keys.put("llama.rope.dimension_count", GgufValue.u32(HEAD_DIM));
        keys.put("llama.rope.freq_base", GgufValue.f32(1_000_000));
        keys.put("llama.attention.layer_norm_rms_epsilon", GgufValue.f32(1e-6));
        keys.put("llama.vocab_size", GgufValue.u32(VOCABULARY));
        keys.put("tokenizer.ggml.model", GgufValue.string("no_vocab"));
        return keys;
    }

    private static void gain(List<Entry> entries, String name) {
        float[] ones = new float[HIDDEN];
        Arrays.fill(ones, 1);
        entries.add(new Entry(name, GgufType.F32, new long[] {HIDDEN}, TensorContent.of(BlockFormats.packF32(ones))));
    }

    /// Embeddings are written 64 rows at a time, ternary matrices at once: I2_S has one scale.
    private static void matrix(List<Entry> entries, String name, GgufType type, int rows, int columns) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        boolean ternary = type == GgufType.TQ2_0 || type == GgufType.I2_S;
        int piece = ternary ? rows : 64;
        entries.add(new Entry(name, type, new long[] {rows, columns}, sink -> {
            for (int row = 0; row < rows; row += piece) {
                int count = Math.min(piece, rows - row) * columns;
                sink.put(ternary ? packed(type, codes(random, count)) : packed(type, values(random, count)));
            }
        }));
    }

    private static byte[] codes(SplittableRandom random, int count) {
        byte[] codes = new byte[count];
        for (int i = 0; i < count; i++) {
            codes[i] = (byte) random.nextInt(-1, 2);
        }
        return codes;
    }

    private static float[] values(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextFloat() * 4 - 2) * DEVIATION;
        }
        return values;
    }

    private static byte[] packed(GgufType type, byte[] codes) {
        return type == GgufType.TQ2_0 ? TernaryFormats.packTq2(codes, DEVIATION) : TernaryFormats.packI2s(codes, DEVIATION);
    }

    private static byte[] packed(GgufType type, float[] values) {
        return type == GgufType.Q8_0 ? BlockFormats.packQ8(values) : BlockFormats.packF16(values);
    }
}
