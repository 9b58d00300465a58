package org.bitdistillery.tensorfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `model.safetensors.index.json`: which shard holds which tensor.
///
/// @param shards file name by tensor name
record ShardIndex(Map<String, String> shards) {

    static final String FILE = "model.safetensors.index.json";

    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_SHARDS = 4096;
    private static final String MAP = "weight_map";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,200}\\.safetensors");
    private static final Pattern NUMBERED = Pattern.compile("model-\\d+-of-\\d+\\.safetensors");

    /// @throws TensorFileException where it is damaged, shards are missing, or there are some that it does not name
    static ShardIndex read(Path folder) {
        Path file = folder.resolve(FILE);
        JsonNode map = root(file).path(MAP);
        if (!map.isObject() || map.isEmpty()) {
            throw lie("it has no " + MAP + " that names tensors");
        }
        Map<String, String> shards = new LinkedHashMap<>();
        map.properties().forEach(entry -> {
            String shard = entry.getValue().asString("");
            if (!NAME.matcher(shard).matches()) {
                throw lie("it says of tensor " + entry.getKey() + " that it is in \"" + shard + "\", which is no file name of a shard");
            }
            shards.put(entry.getKey(), shard);
        });
        requireTheirFiles(folder, new TreeSet<>(shards.values()));
        return new ShardIndex(shards);
    }

    private static JsonNode root(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw lie("it is larger than 64 MiB");
            }
            return JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new TensorFileException(file + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        } catch (JacksonException e) {
            throw new TensorFileException(FILE + " is not valid JSON (" + e.getOriginalMessage() + "). Fetch it again.", e);
        }
    }

    private static void requireTheirFiles(Path folder, TreeSet<String> names) {
        if (names.size() > MAX_SHARDS) {
            throw lie("it names " + names.size() + " shards");
        }
        for (String name : names) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw new TensorFileException(folder.resolve(name) + ", one of " + names.size() + " shards that " + FILE
                        + " names, does not exist: the download is incomplete. Fetch it, too.");
            }
        }
        try (Stream<Path> content = Files.list(folder)) {
            content.map(path -> path.getFileName().toString())
                    .filter(name -> NUMBERED.matcher(name).matches() && !names.contains(name))
                    .findFirst().ifPresent(name -> {
                        throw lie(name + " is there, too, and it does not name it");
                    });
        } catch (IOException e) {
            throw new TensorFileException(folder + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        }
    }

    static TensorFileException lie(String what) {
        return new TensorFileException(FILE + " does not belong to its shards: " + what + ". Fetch index and shards again from one place.");
    }

    String json(long totalBytes) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.putObject("metadata").put("total_size", totalBytes);
        ObjectNode map = root.putObject(MAP);
        shards.forEach(map::put);
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }
}
