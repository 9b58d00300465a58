package org.bitdistillery.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.bitdistillery.inference.PackedFile;
import org.bitdistillery.tensorfile.GgufFile;
import org.bitdistillery.tensorfile.GgufTensor;
import org.bitdistillery.tensorfile.SafetensorsFolder;

/// Bytes of a model's tensors, added up over the blocks by what they are for.
final class TensorGroups {

    static final String EMBEDDING = "embedding";
    static final String HEAD = "output head";
    static final String NORMS = "norms";
    static final String OTHER = "other";

    /// Fragments of Hugging Face and GGUF names; the first that fits decides, so norms stand before the projections that they belong to.
    private static final Map<String, String> GROUPS = ordered(
            "embed_tokens", EMBEDDING, "lm_head", HEAD, "norm", NORMS, "q_proj", "query", "k_proj", "key", "v_proj", "value",
            "o_proj", "attention output", "gate_proj", "gate", "up_proj", "up", "down_proj", "down",
            "token_embd", EMBEDDING, "attn_q", "query", "attn_k", "key", "attn_v", "value", "attn_output", "attention output",
            "ffn_gate", "gate", "ffn_up", "up", "ffn_down", "down", "output.weight", HEAD);

    private TensorGroups() {}

    private static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    static String group(String tensor) {
        return GROUPS.entrySet().stream().filter(entry -> tensor.contains(entry.getKey())).map(Map.Entry::getValue)
                .findFirst().orElse(OTHER);
    }

    /// @param model a folder in Hugging Face layout, a packed file or a GGUF file
    /// @return bytes by group in the order of [#GROUPS], without those that the model does not have
    static Map<String, Long> of(Path model) {
        Map<String, Long> found = new LinkedHashMap<>();
        GROUPS.values().forEach(group -> found.put(group, 0L));
        tensors(model).forEach((name, bytes) -> found.merge(group(name), bytes, Long::sum));
        found.values().removeIf(bytes -> bytes == 0);
        return found;
    }

    private static Map<String, Long> tensors(Path model) {
        if (model.toString().endsWith(NamedModel.GGUF)) {
            try (var gguf = GgufFile.open(model)) {
                return gguf.tensors().values().stream().collect(Collectors.toMap(GgufTensor::name, GgufTensor::byteSize));
            }
        }
        if (Files.isRegularFile(model)) {
            try (var packed = PackedFile.open(model)) {
                return packed.tensorBytes();
            }
        }
        try (var tensors = SafetensorsFolder.open(model)) {
            Map<String, Long> sizes = new LinkedHashMap<>();
            tensors.tensors().values().forEach(tensor -> sizes.put(tensor.name(), tensor.byteSize()));
            return sizes;
        }
    }

    /// Weight files, headers counted.
    static long fileBytes(Path model) {
        return Files.isRegularFile(model) ? model.toFile().length() : SafetensorsFolder.fileBytes(model);
    }

    static long embeddings(Map<String, Long> groups) {
        return groups.getOrDefault(EMBEDDING, 0L) + groups.getOrDefault(HEAD, 0L);
    }
}
