package org.bitdistillery.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.bitdistillery.event.ExportedTensor;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Attention;
import org.bitdistillery.model.Rope;
import org.bitdistillery.tensorfile.GgufValue;
import org.bitdistillery.tensorfile.GgufWriter;

/// A student as a GGUF file for llama.cpp or bitnet.cpp, with its tokenizer inside.
final class GgufExport implements ExportFiles.WeightFile {

    private static final int QUANTIZATION_VERSION = 2;

    private final ExportPlan plan;
    private final GgufTensors tensors;
    private final List<GgufWriter.Entry> entries;

    GgufExport(ExportPlan plan, StudentWeights weights) {
        this.plan = plan;
        tensors = new GgufTensors(plan.architecture(), weights, plan.format(), plan.embeddings());
        entries = tensors.entries();
    }

    @Override
    public List<ExportedTensor> tensors() {
        return entries.stream().map(entry -> new ExportedTensor(
                entry.name(), Arrays.stream(entry.shape()).boxed().toList(), entry.type().name(), entry.bytes())).toList();
    }

    @Override
    public void write(Path file, LongConsumer progress) {
        GgufWriter.write(file, keys(), entries, progress);
    }

    private Map<String, GgufValue> keys() {
        Architecture shape = plan.architecture();
        String name = Compatibility.ggufArchitecture(shape);
        Map<String, GgufValue> keys = new LinkedHashMap<>();
        keys.put("general.architecture", GgufValue.string(name));
        keys.put("general.type", GgufValue.string("model"));
        keys.put("general.name", GgufValue.string(plan.experiment().name()));
        if (!plan.provenance().license().isEmpty()) {
            keys.put("general.license", GgufValue.string(plan.provenance().license()));
        }
        keys.put("general.file_type", GgufValue.u32(fileType()));
        keys.put("general.quantization_version", GgufValue.u32(QUANTIZATION_VERSION));
        keys.put(name + ".context_length", GgufValue.u32(shape.maxPositions()));
        keys.put(name + ".embedding_length", GgufValue.u32(shape.hiddenSize()));
        keys.put(name + ".block_count", GgufValue.u32(shape.layers()));
        keys.put(name + ".feed_forward_length", GgufValue.u32(tensors.intermediateSize()));
        keys.put(name + ".attention.head_count", GgufValue.u32(shape.heads()));
        keys.put(name + ".attention.head_count_kv", GgufValue.u32(shape.keyValueHeads()));
        keys.put(name + ".attention.key_length", GgufValue.u32(shape.headDim()));
        keys.put(name + ".attention.value_length", GgufValue.u32(shape.headDim()));
        keys.put(name + ".attention.layer_norm_rms_epsilon", GgufValue.f32(shape.rmsNormEps()));
        keys.put(name + ".vocab_size", GgufValue.u32(shape.vocabularySize()));
        putAttention(keys, name, shape);
        keys.putAll(GgufTokenizer.keys(plan.student(), shape.vocabularySize(), shape.bosTokenId(), shape.eosTokenId()));
        return keys;
    }

    private static void putAttention(Map<String, GgufValue> keys, String name, Architecture shape) {
        Attention attention = shape.attention();
        keys.put(name + ".rope.dimension_count", GgufValue.u32(shape.headDim()));
        keys.put(name + ".rope.freq_base", GgufValue.f32(attention.rope().theta()));
        if (attention.rope().scaling() instanceof Rope.Scaling.Linear linear) {
            keys.put(name + ".rope.scaling.type", GgufValue.string("linear"));
            keys.put(name + ".rope.scaling.factor", GgufValue.f32(linear.factor()));
        }
        if (attention.sliding() != null && attention.sliding().window() < shape.maxPositions()) {
            keys.put(name + ".attention.sliding_window", GgufValue.u32(attention.sliding().window()));
        }
    }

    private int fileType() {
        return switch (plan.format()) {
            case TQ1_0 -> 36;
            case TQ2_0 -> 37;
            default -> 40;
        };
    }
}
