package org.bitdistillery.tensorfile;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The weights of a model folder: `model.safetensors`, or else the shards that `model.safetensors.index.json` names, all of them
/// memory-mapped.
///
/// Opening checks every header, and the index against the shards. Segments handed out die with [#close()].
public final class SafetensorsFolder implements AutoCloseable {

    public static final String SINGLE = "model.safetensors";

    private final Path folder;
    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    private SafetensorsFolder(Path folder) {
        this.folder = folder;
    }

    /// @throws TensorFileException where a file is missing, damaged, or the index contradicts the shards
    public static SafetensorsFolder open(Path folder) {
        SafetensorsFolder opened = new SafetensorsFolder(folder);
        try {
            if (isSharded(folder)) {
                opened.addShards(ShardIndex.read(folder));
            } else {
                refusePickles(folder);
                opened.add(SafetensorsFile.open(folder.resolve(SINGLE)));
            }
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private static void refusePickles(Path folder) {
        if (Files.notExists(folder.resolve(SINGLE))) {
            Pickle.refusal(folder).ifPresent(refusal -> {
                throw new TensorFileException(folder + " has its weights in " + refusal);
            });
        }
    }

    /// Whether a folder has weights, be they usable or not.
    public static boolean isThere(Path folder) {
        return Files.isRegularFile(folder.resolve(SINGLE)) || isSharded(folder);
    }

    /// One file alone comes first, as in transformers.
    private static boolean isSharded(Path folder) {
        return Files.notExists(folder.resolve(SINGLE)) && Files.isRegularFile(folder.resolve(ShardIndex.FILE));
    }

    private void addShards(ShardIndex index) {
        for (String shard : new TreeSet<>(index.shards().values())) {
            add(SafetensorsFile.open(folder.resolve(shard)));
        }
        index.shards().forEach((name, shard) -> {
            SafetensorsFile found = fileOf.get(name);
            if (found == null || !found.path().getFileName().toString().equals(shard)) {
                throw ShardIndex.lie("it promises tensor " + name + " in " + shard + ", which does not have it");
            }
        });
        for (String name : fileOf.keySet()) {
            if (!index.shards().containsKey(name)) {
                throw ShardIndex.lie(fileOf.get(name).path().getFileName() + " has a tensor " + name + " that it does not name");
            }
        }
    }

    private void add(SafetensorsFile file) {
        files.add(file);
        file.tensors().forEach((name, info) -> {
            SafetensorsFile other = fileOf.put(name, file);
            if (other != null) {
                throw ShardIndex.lie("tensor " + name + " is in " + other.path().getFileName() + " and in " + file.path().getFileName());
            }
            tensors.put(name, info);
        });
    }

    /// All tensors by name, file by file.
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /// The file that a tensor is in, or the first one.
    public Path path(String name) {
        return fileOf.getOrDefault(name, files.getFirst()).path();
    }

    /// @throws TensorFileException where there is no such tensor
    public TensorInfo info(String name) {
        return file(name).info(name);
    }

    /// The bytes of a tensor, read-only and not copied.
    ///
    /// @throws TensorFileException where there is no such tensor
    public MemorySegment data(String name) {
        return file(name).data(name);
    }

    /// The values of an F32, F16 or BF16 tensor.
    ///
    /// @throws TensorFileException as [SafetensorsFile#floats(String)]
    public float[] floats(String name) {
        return file(name).floats(name);
    }

    /// Some consecutive values of an F32, F16 or BF16 tensor.
    ///
    /// @throws TensorFileException as [SafetensorsFile#floats(String)]
    public float[] floats(String name, long from, long count) {
        return file(name).floats(name, from, count);
    }

    /// The values of an F32, F16 or BF16 tensor, into an array of its size.
    ///
    /// @throws TensorFileException as [SafetensorsFile#floats(String)]
    public void floats(String name, float[] target) {
        file(name).floats(name, target);
    }

    /// Says that a tensor has been read: its part of the file need not stay in memory.
    public void release(String name) {
        data(name).unload();
    }

    private SafetensorsFile file(String name) {
        SafetensorsFile file = fileOf.get(name);
        if (file == null) {
            throw new TensorFileException((files.size() == 1 ? files.getFirst().path().getFileName() : ShardIndex.FILE) + " has no tensor "
                    + name + ": the file belongs to another architecture or is incomplete. Check config.json and fetch both again.");
        }
        return file;
    }

    /// Bytes of the weight files of a folder together.
    ///
    /// @throws TensorFileException as [#open(Path)]
    public static long fileBytes(Path folder) {
        try (SafetensorsFolder opened = open(folder)) {
            return opened.files.stream().mapToLong(file -> file.path().toFile().length()).sum();
        }
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
