package org.bitdistillery.tensorfile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.quant.BlockFormats;
import org.bitdistillery.quant.TernaryFormats;

/// A memory-mapped GGUF file: magic and version, keys, tensor descriptions, data; everything little endian.
///
/// Opening checks the whole header against the file's size, so that every tensor listed can be read.
/// Segments handed out die with [#close()].
public final class GgufFile implements AutoCloseable {

    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;
    private final GgufHeader.Content header;

    private GgufFile(Path path, Arena arena, MemorySegment bytes, GgufHeader.Content header) {
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
        this.header = header;
    }

    /// @throws TensorFileException where the file is missing, cut off, no GGUF, has an unknown type, or contradicts itself
    public static GgufFile open(Path file) {
        Arena arena = Arena.ofShared();
        try {
            return read(file, arena, map(file, arena));
        } catch (RuntimeException | Error e) {
            if (arena.scope().isAlive()) {
                arena.close();
            }
            throw e;
        }
    }

    /// @param arena closed with the file, or where its content is refused
    static GgufFile read(Path file, Arena arena, MemorySegment bytes) {
        try {
            return new GgufFile(file, arena, bytes, GgufHeader.read(bytes, file.getFileName().toString()));
        } catch (ArithmeticException e) {
            arena.close();
            throw new TensorFileException(file.getFileName() + " is no GGUF file that can be read: its sizes exceed 64 bits."
                    + " Fetch or convert it again.", e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static MemorySegment map(Path file, Arena arena) {
        if (Files.isDirectory(file)) {
            throw new TensorFileException(file + " is a folder, a GGUF file is expected. Name the file inside it.");
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (NoSuchFileException e) {
            throw new TensorFileException(file + " does not exist. Check the path.", e);
        } catch (IOException e) {
            throw new TensorFileException(file + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        }
    }

    public Path path() {
        return path;
    }

    public GgufMetadata metadata() {
        return new GgufMetadata(path.getFileName().toString(), Collections.unmodifiableMap(header.values()));
    }

    /// All tensors by name, in file order.
    public Map<String, GgufTensor> tensors() {
        return Collections.unmodifiableMap(header.tensors());
    }

    public boolean has(String name) {
        return header.tensors().containsKey(name);
    }

    /// @throws TensorFileException where the file has no such tensor
    public GgufTensor info(String name) {
        GgufTensor tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new TensorFileException(path.getFileName() + " has no tensor " + name
                    + ": it holds another architecture or is incomplete. Fetch or convert it again.");
        }
        return tensor;
    }

    /// The bytes of a tensor, read-only and not copied.
    ///
    /// @throws TensorFileException where the file has no such tensor
    public MemorySegment data(String name) {
        GgufTensor tensor = info(name);
        return bytes.asSlice(tensor.offset(), tensor.byteSize());
    }

    /// The values of a tensor of any type.
    ///
    /// @throws TensorFileException where there is no such tensor, more than 2^31-1 elements, or a code that is none
    public float[] floats(String name) {
        return floats(name, 0, info(name).elements());
    }

    /// Some of the values of a tensor; I2_S only as a whole.
    ///
    /// @param from  first element, a multiple of the type's block
    /// @param count elements, a multiple of the block
    /// @throws TensorFileException as above
    public float[] floats(String name, long from, long count) {
        GgufTensor tensor = info(name);
        GgufType type = tensor.type();
        if (count > Integer.MAX_VALUE - 8) {
            throw new TensorFileException(path.getFileName() + ": tensor " + name + " has " + count + " elements, more than one array holds.");
        }
        byte[] part = data(name).asSlice(from / type.block() * type.blockBytes(), type.bytes(count)).toArray(ValueLayout.JAVA_BYTE);
        try {
            return switch (type) {
                case F32 -> BlockFormats.f32(part);
                case F16 -> BlockFormats.f16(part);
                case BF16 -> BlockFormats.bf16(part);
                case Q4_0 -> BlockFormats.q4(part);
                case Q8_0 -> BlockFormats.q8(part);
                case Q6_K -> BlockFormats.q6(part);
                case TQ1_0 -> TernaryFormats.tq1(part).floats();
                case TQ2_0 -> TernaryFormats.tq2(part).floats();
                case I2_S -> TernaryFormats.i2s(part).floats();
            };
        } catch (InvalidInput e) {
            throw new TensorFileException(path.getFileName() + ": tensor " + name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
