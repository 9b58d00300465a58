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
import java.util.Map;
import org.bitdistillery.quant.Float16;
import tools.jackson.databind.json.JsonMapper;

/// Writes safetensors files that appear whole or not at all: a temporary neighbor is written, synced and renamed.
public final class SafetensorsWriter {

    private static final int CHUNK = 1 << 20;
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

    private static ByteBuffer header(List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) {
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put(SafetensorsHeader.METADATA, metadata);
        }
        long offset = 0;
        for (var entry : tensors) {
            Tensor tensor = entry.getValue();
            long end = offset + (long) tensor.elements() * tensor.type().bytes();
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
        switch (tensor) {
            case Tensor.Bytes bytes -> writeFully(channel, ByteBuffer.wrap(bytes.values()));
            case Tensor.Floats floats -> writeFloats(channel, floats);
        }
    }

    private static void writeFloats(FileChannel channel, Tensor.Floats tensor) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : tensor.values()) {
            switch (tensor.type()) {
                case F16 -> chunk.putShort(Float.floatToFloat16(value));
                case BF16 -> chunk.putShort(Float16.toBfloat(value));
                default -> chunk.putFloat(value);
            }
            if (!chunk.hasRemaining()) {
                writeFully(channel, chunk.flip());
                chunk.clear();
            }
        }
        writeFully(channel, chunk.flip());
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
