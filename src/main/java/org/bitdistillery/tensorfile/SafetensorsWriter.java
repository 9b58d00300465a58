package org.bitdistillery.tensorfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Writes safetensors files that appear whole or not at all: a temporary neighbor is written, synced and renamed.
public final class SafetensorsWriter {

    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {
    }

    /// Wider types come first, as in the reference implementation, so that every tensor is aligned to its element size.
    ///
    /// @throws TensorFileException where the folder cannot be written; nothing is left behind then
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.comparing(entry -> -entry.getValue().type().bytes()));
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = null;
        try {
            temporary = folder.resolve("." + file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                writeFully(channel, header(ordered, metadata));
                for (var entry : ordered) {
                    writeData(channel, entry.getValue());
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            temporary = null;
        } catch (IOException e) {
            throw new TensorFileException(
                    file + " cannot be written (" + e + "). Choose a folder that exists, is writable and has space.", e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    /// Writes `model.safetensors`, or, where that would be larger than a shard may be, `model-0000i-of-0000n.safetensors` and their
    /// index. What a folder held before under these names does not survive.
    ///
    /// @param largestShard bytes of data; a tensor that is larger gets a shard of its own
    /// @throws TensorFileException as above
    public static void writeFolder(Path folder, Map<String, Tensor> tensors, Map<String, String> metadata, long largestShard) {
        List<Map<String, Tensor>> shards = shards(tensors, largestShard);
        if (shards.size() == 1) {
            write(folder.resolve(SafetensorsFolder.SINGLE), tensors, metadata);
            return;
        }
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            write(folder.resolve(name), shards.get(i), metadata);
            shards.get(i).keySet().forEach(tensor -> names.put(tensor, name));
        }
        long total = tensors.values().stream().mapToLong(Tensor::byteSize).sum();
        Path index = folder.resolve(ShardIndex.FILE);
        try {
            Files.writeString(index, new ShardIndex(names).json(total));
            Files.deleteIfExists(folder.resolve(SafetensorsFolder.SINGLE));
        } catch (IOException e) {
            throw new TensorFileException(index + " cannot be written (" + e + "). Choose a folder that is writable and has space.", e);
        }
    }

    private static List<Map<String, Tensor>> shards(Map<String, Tensor> tensors, long largest) {
        List<Map<String, Tensor>> shards = new ArrayList<>(List.of(new LinkedHashMap<>()));
        long size = 0;
        for (var entry : tensors.entrySet()) {
            long more = entry.getValue().byteSize();
            if (size > 0 && size + more > largest) {
                shards.add(new LinkedHashMap<>());
                size = 0;
            }
            shards.getLast().put(entry.getKey(), entry.getValue());
            size += more;
        }
        return shards;
    }

    private static ByteBuffer header(List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) {
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put(SafetensorsHeader.METADATA, metadata);
        }
        long offset = 0;
        for (var entry : tensors) {
            Tensor tensor = entry.getValue();
            long end = offset + tensor.byteSize();
            header.put(entry.getKey(), Map.of(
                    "dtype", tensor.type().name(), "shape", tensor.shape(), "data_offsets", new long[] {offset, end}));
            offset = end;
        }
        byte[] json = JsonMapper.shared().writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private static void writeData(FileChannel channel, Tensor tensor) throws IOException {
        long begin = channel.position();
        content(tensor).writeTo(bytes -> writeFully(channel, ByteBuffer.wrap(bytes)));
        if (channel.position() - begin != tensor.byteSize()) {
            throw new IllegalStateException("a tensor wrote " + (channel.position() - begin) + " bytes instead of " + tensor.byteSize());
        }
    }

    private static TensorContent content(Tensor tensor) {
        return switch (tensor) {
            case Tensor.Bytes bytes -> TensorContent.of(bytes.values());
            case Tensor.Floats floats -> FloatContent.of(floats.type(), floats.values());
            case Tensor.Streamed streamed -> streamed.content();
        };
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static void deleteQuietly(Path temporary) {
        if (temporary != null) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException ignored) {
                // The write has failed already; its own message is the one to show.
            }
        }
    }
}
