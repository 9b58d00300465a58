package org.bitdistillery.hub;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/// Model folders of real size whose weights are holes in their files: headers and shapes are right, the disk holds next to
/// nothing.
public final class SparseModels {

    private final StringBuilder tensors = new StringBuilder();
    private long offset;

    private SparseModels() {}

    /// A Qwen3 with tied embeddings, BF16.
    public static void qwen3(Path folder, int vocabulary, int hidden, int layers, int heads, int keyValueHeads, int headDim, int feedForward)
            throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": %d,
                 "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": %d, "intermediate_size": %d, "hidden_act": "silu",
                 "max_position_embeddings": 40960, "rms_norm_eps": 1e-6, "rope_theta": 1000000, "tie_word_embeddings": true,
                 "attention_bias": false, "torch_dtype": "bfloat16"}
                """.formatted(vocabulary, hidden, layers, heads, keyValueHeads, headDim, feedForward));
        Files.write(folder.resolve("tokenizer.json"), SmallModels.content("tokenizer.json"));
        SparseModels model = new SparseModels();
        model.tensor("model.embed_tokens.weight", vocabulary, hidden);
        for (int layer = 0; layer < layers; layer++) {
            String block = "model.layers." + layer + ".";
            model.tensor(block + "input_layernorm.weight", hidden);
            model.tensor(block + "self_attn.q_proj.weight", heads * headDim, hidden);
            model.tensor(block + "self_attn.k_proj.weight", keyValueHeads * headDim, hidden);
            model.tensor(block + "self_attn.v_proj.weight", keyValueHeads * headDim, hidden);
            model.tensor(block + "self_attn.o_proj.weight", hidden, heads * headDim);
            model.tensor(block + "self_attn.q_norm.weight", headDim);
            model.tensor(block + "self_attn.k_norm.weight", headDim);
            model.tensor(block + "post_attention_layernorm.weight", hidden);
            model.tensor(block + "mlp.gate_proj.weight", feedForward, hidden);
            model.tensor(block + "mlp.up_proj.weight", feedForward, hidden);
            model.tensor(block + "mlp.down_proj.weight", hidden, feedForward);
        }
        model.tensor("model.norm.weight", hidden);
        model.write(folder.resolve("model.safetensors"));
    }

    private void tensor(String name, int... shape) {
        long bytes = 2;
        for (int dimension : shape) {
            bytes *= dimension;
        }
        String dimensions = Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(","));
        tensors.append(tensors.isEmpty() ? "{" : ",").append('"').append(name).append("\":{\"dtype\":\"BF16\",\"shape\":[").append(dimensions)
                .append("],\"data_offsets\":[").append(offset).append(',').append(offset + bytes).append("]}");
        offset += bytes;
    }

    private void write(Path file) throws IOException {
        byte[] header = tensors.append('}').toString().getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.writeLong(Long.reverseBytes(header.length));
            out.write(header);
            out.setLength(Long.BYTES + header.length + offset);
        }
    }
}
