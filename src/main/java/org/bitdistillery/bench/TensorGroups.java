package org.bitdistillery.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitdistillery.tensorfile.SafetensorsFolder;

/// Bytes of a model folder's tensors, added up over the blocks by what they are for.
final class TensorGroups {

    static final String EMBEDDING = "embedding";
    static final String HEAD = "output head";
    static final String NORMS = "norms";
    static final String OTHER = "other";

    /// Fragments of Hugging Face names; the first that fits decides, so norms stand before the projections that they belong to.
    private static final Map<String, String> GROUPS = ordered(
            "embed_tokens", EMBEDDING, "lm_head", HEAD, "norm", NORMS, "q_proj", "query", "k_proj", "key", "v_proj", "value",
            "o_proj", "attention output", "gate_proj", "gate", "up_proj", "up", "down_proj", "down");

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

    /// @return bytes by group in the order of [#GROUPS], without those that the model does not have
    static Map<String, Long> of(Path folder) {
        Map<String, Long> found = new LinkedHashMap<>();
        GROUPS.values().forEach(group -> found.put(group, 0L));
        try (var tensors = SafetensorsFolder.open(folder)) {
            tensors.tensors().values().forEach(tensor -> found.merge(group(tensor.name()), tensor.byteSize(), Long::sum));
        }
        found.values().removeIf(bytes -> bytes == 0);
        return found;
    }

    static long embeddings(Map<String, Long> groups) {
        return groups.getOrDefault(EMBEDDING, 0L) + groups.getOrDefault(HEAD, 0L);
    }
}
