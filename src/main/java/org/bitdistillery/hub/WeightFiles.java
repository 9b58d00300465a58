package org.bitdistillery.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.Pickle;
import org.bitdistillery.tensorfile.SafetensorsFile;
import org.bitdistillery.tensorfile.TensorInfo;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The weight files of a model folder, of which only headers are read.
///
/// @param parameters weights, four to a byte where they are packed, without scales
/// @param types      element types, the one with the most bytes first
record WeightFiles(long parameters, long bytes, List<String> types) {

    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final int PACKED_PER_BYTE = 4;
    private static final int MOST_SHARDS = 4096;
    private static final long LARGEST_INDEX = 64L << 20;

    /// @param tied whether the output head is the embedding and a copy of it does not count
    /// @throws InvalidInput where there are no weights that this program reads, or not all of them
    static WeightFiles of(Path folder, boolean tied) {
        long parameters = 0;
        long bytes = 0;
        Map<DType, Long> bytesOfType = new EnumMap<>(DType.class);
        for (Path file : files(folder)) {
            try (SafetensorsFile opened = SafetensorsFile.open(file)) {
                for (TensorInfo info : opened.tensors().values()) {
                    boolean scale = info.name().endsWith("_scale");
                    boolean copy = tied && info.name().equals("lm_head.weight");
                    parameters += scale || copy ? 0 : info.elements() * (info.type() == DType.U8 ? PACKED_PER_BYTE : 1);
                    bytesOfType.merge(info.type(), info.byteSize(), Long::sum);
                }
                bytes += size(file);
            }
        }
        List<String> types = bytesOfType.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder())).map(entry -> entry.getKey().name()).toList();
        return new WeightFiles(parameters, bytes, types);
    }

    /// Whether a folder looks as if it held a model, usable or not.
    static boolean isThere(Path folder) {
        return Files.exists(folder.resolve(SINGLE)) || Files.exists(folder.resolve(INDEX)) || !names(folder, ".safetensors").isEmpty();
    }

    private static List<Path> files(Path folder) {
        if (Files.exists(folder.resolve(SINGLE))) {
            return List.of(folder.resolve(SINGLE));
        }
        if (Files.exists(folder.resolve(INDEX))) {
            return shards(folder);
        }
        if (Files.isSymbolicLink(folder.resolve(SINGLE))) {
            throw new InvalidInput(SINGLE + " leads nowhere: its download did not end. Download the model again.");
        }
        Pickle.refusal(folder).ifPresent(refusal -> {
            throw new InvalidInput("Its weights are in " + refusal);
        });
        List<String> other = names(folder, ".safetensors");
        throw new InvalidInput(other.isEmpty()
                ? "It has no " + SINGLE + ". Download the weights, too."
                : "Its weights are called " + other.getFirst() + ". Name them " + SINGLE + ", or add " + INDEX + ".");
    }

    private static List<Path> shards(Path folder) {
        TreeSet<String> names = new TreeSet<>();
        try {
            if (Files.size(folder.resolve(INDEX)) > LARGEST_INDEX) {
                throw new InvalidInput(INDEX + " is larger than 64 MiB, which no index is. Fetch it again.");
            }
            JsonNode map = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve(INDEX))).path("weight_map");
            map.values().forEach(name -> names.add(name.asString("")));
        } catch (IOException | JacksonException e) {
            throw new InvalidInput(INDEX + " cannot be read. Fetch it again.", e);
        }
        if (names.isEmpty() || names.size() > MOST_SHARDS) {
            throw new InvalidInput(INDEX + " names no weight files, or too many. Fetch it again.");
        }
        List<Path> files = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            if (!name.matches("[A-Za-z0-9._-]+\\.safetensors")) {
                throw new InvalidInput(INDEX + " names a weight file that lies elsewhere. Fetch it again.");
            }
            if (Files.exists(folder.resolve(name))) {
                files.add(folder.resolve(name));
            } else {
                missing.add(name);
            }
        }
        if (!missing.isEmpty()) {
            throw new InvalidInput(missing.size() + " of " + names.size() + " weight files are missing, the first is " + missing.getFirst()
                    + ". Download the model again, which fetches what is missing.");
        }
        return files;
    }

    private static List<String> names(Path folder, String ending) {
        try (Stream<Path> content = Files.list(folder)) {
            return content.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(ending)).sorted().toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        }
    }
}
