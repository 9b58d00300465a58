package org.bitdistillery.inference;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.quant.Ternary;
import org.bitdistillery.quant.TernaryPacking;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;

/// Random models of odd sizes, as folders and as plain arrays.
public final class TinyModels {

    public static Architecture architecture(SubLnPlacement subLn, boolean tied) {
        return Architecture.llama(53, 44, 3, 6, 2, 10, 68, 64, 1e-5, 10000, tied, subLn, 1, 2);
    }

    private TinyModels() {
    }

    /// Weights by Hugging Face name. Norm gains are around 1; every value is a half-precision number.
    public static Map<String, float[]> weights(Architecture a, long seed) {
        Random random = new Random(seed);
        Map<String, float[]> weights = new LinkedHashMap<>();
        int attention = a.heads() * a.headDim();
        int keyValue = a.keyValueHeads() * a.headDim();
        weights.put("model.embed_tokens.weight", matrix(random, a.vocabularySize(), a.hiddenSize(), 1));
        for (int layer = 0; layer < a.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            weights.put(prefix + "input_layernorm.weight", gain(random, a.hiddenSize()));
            weights.put(prefix + "post_attention_layernorm.weight", gain(random, a.hiddenSize()));
            projection(weights, random, a, prefix + "self_attn.q_proj", attention, a.hiddenSize());
            projection(weights, random, a, prefix + "self_attn.k_proj", keyValue, a.hiddenSize());
            projection(weights, random, a, prefix + "self_attn.v_proj", keyValue, a.hiddenSize());
            projection(weights, random, a, prefix + "self_attn.o_proj", a.hiddenSize(), attention);
            projection(weights, random, a, prefix + "mlp.gate_proj", a.intermediateSize(), a.hiddenSize());
            projection(weights, random, a, prefix + "mlp.up_proj", a.intermediateSize(), a.hiddenSize());
            projection(weights, random, a, prefix + "mlp.down_proj", a.hiddenSize(), a.intermediateSize());
            if (a.subLn() == SubLnPlacement.PAPER) {
                weights.put(prefix + "self_attn.attn_sub_norm.weight", gain(random, attention));
                weights.put(prefix + "mlp.ffn_sub_norm.weight", gain(random, a.intermediateSize()));
            }
        }
        weights.put("model.norm.weight", gain(random, a.hiddenSize()));
        if (!a.tiedEmbeddings()) {
            weights.put("lm_head.weight", matrix(random, a.vocabularySize(), a.hiddenSize(), 0.3));
        }
        return weights;
    }

    private static void projection(
            Map<String, float[]> weights, Random random, Architecture a, String name, int rows, int columns) {
        weights.put(name + ".weight", matrix(random, rows, columns, 1 / Math.sqrt(columns)));
        if (a.subLn() == SubLnPlacement.ALL) {
            weights.put(name + ".rms_norm.weight", gain(random, columns));
        }
    }

    private static float[] matrix(Random random, int rows, int columns, double deviation) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = half(random.nextGaussian() * deviation);
        }
        return values;
    }

    private static float[] gain(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = half(1 + 0.2 * random.nextGaussian());
        }
        return values;
    }

    private static float half(double value) {
        return Float.float16ToFloat(Float.floatToFloat16((float) value));
    }

    static boolean isProjection(String name) {
        return name.endsWith("_proj.weight");
    }

    static int columns(Architecture a, String name) {
        if (name.endsWith("o_proj.weight")) {
            return a.heads() * a.headDim();
        }
        return name.endsWith("down_proj.weight") ? a.intermediateSize() : a.hiddenSize();
    }

    public static void write(Path folder, Architecture a, Map<String, float[]> weights, boolean packed) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        weights.forEach((name, values) -> {
            if (values.length == a.hiddenSize() || name.contains("norm")) {
                tensors.put(name, Tensor.f16(values, values.length));
                return;
            }
            int columns = columns(a, name);
            int rows = values.length / columns;
            if (packed && isProjection(name)) {
                Ternary ternary = Ternary.of(values);
                tensors.put(name, Tensor.u8(TernaryPacking.pack(ternary.codes(), rows, columns), rows / 4, columns));
                tensors.put(name + "_scale", Tensor.f32(new float[] {ternary.delta()}, 1));
            } else {
                tensors.put(name, Tensor.f16(values, rows, columns));
            }
        });
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
    }
}
