package org.bitdistillery.tensorfile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import org.bitdistillery.quant.Float16;

/// A memory-mapped safetensors file: u64 header length, JSON header, data; everything little endian.
///
/// Opening checks the whole header against the file's size, so that every tensor listed can be read.
/// Segments handed out die with [#close()].
public final class SafetensorsFile implements AutoCloseable {

    /// The reference implementation refuses longer headers, too.
    private static final long LONGEST_HEADER = 100_000_000;
    /// `version `, with which a pointer of Git LFS begins, read as a length.
    private static final long LFS_POINTER = 0x206e_6f69_7372_6576L;
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path path, Arena arena, MemorySegment bytes, SafetensorsHeader header) {
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
        this.header = header;
    }

    /// @throws TensorFileException where the file is missing, cut off, or its header contradicts itself
    public static SafetensorsFile open(Path file) {
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
    static SafetensorsFile read(Path file, Arena arena, MemorySegment bytes) {
        try {
            return new SafetensorsFile(file, arena, bytes, readHeader(file, bytes));
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static MemorySegment map(Path file, Arena arena) {
        if (Files.isDirectory(file)) {
            throw new TensorFileException(file + " is a folder, a safetensors file is expected. Name the file inside it.");
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (NoSuchFileException e) {
            throw new TensorFileException(file + " does not exist. Check the path.", e);
        } catch (IOException e) {
            throw new TensorFileException(file + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        }
    }

    private static SafetensorsHeader readHeader(Path file, MemorySegment bytes) {
        long size = bytes.byteSize();
        if (size < Long.BYTES) {
            throw cutOff(file, size, "a safetensors file begins with 8 bytes of header length");
        }
        long length = bytes.get(LENGTH, 0);
        if (length == LFS_POINTER) {
            throw new TensorFileException(file.getFileName() + " is a Git LFS pointer, which stands for the file and is not its content."
                    + " Fetch the content with git lfs pull, or download the model.");
        }
        if (length < 2 || length > LONGEST_HEADER) {
            throw new TensorFileException(String.format(Locale.ROOT,
                    "%s is not a safetensors file: its header would have %s bytes. Check the path, or fetch the file again.",
                    file.getFileName(), Long.toUnsignedString(length)));
        }
        long dataStart = Long.BYTES + length;
        if (dataStart > size) {
            throw cutOff(file, size, String.format(Locale.ROOT, "its header alone takes %,d", dataStart));
        }
        byte[] json = bytes.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        SafetensorsHeader header = SafetensorsHeader.parse(json, dataStart, file.getFileName().toString());
        long promised = dataStart + header.dataSize();
        if (promised > size) {
            throw cutOff(file, size, String.format(Locale.ROOT, "its header promises %,d", promised));
        }
        if (promised < size) {
            throw new TensorFileException(String.format(Locale.ROOT,
                    "%s has %,d bytes, its header accounts for %,d: something was appended. Fetch it again.",
                    file.getFileName(), size, promised));
        }
        return header;
    }

    private static TensorFileException cutOff(Path file, long size, String promise) {
        return new TensorFileException(String.format(Locale.ROOT,
                "%s ends after %,d bytes, %s: the download was cut off. Fetch it again.", file.getFileName(), size, promise));
    }

    public Path path() {
        return path;
    }

    /// All tensors by name, in file order.
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(header.tensors());
    }

    /// The free `__metadata__` of the header.
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /// @throws TensorFileException where the file has no such tensor
    public TensorInfo info(String name) {
        TensorInfo info = header.tensors().get(name);
        if (info == null) {
            throw new TensorFileException(path.getFileName() + " has no tensor " + name
                    + ": the file belongs to another architecture or is incomplete. Check config.json and fetch both again.");
        }
        return info;
    }

    /// The bytes of a tensor, read-only and not copied.
    ///
    /// @throws TensorFileException where the file has no such tensor
    public MemorySegment data(String name) {
        TensorInfo info = info(name);
        return bytes.asSlice(info.offset(), info.byteSize());
    }

    /// The values of an F32, F16 or BF16 tensor.
    ///
    /// @throws TensorFileException where there is no such tensor, it has another type, or more than 2^31-1 elements
    public float[] floats(String name) {
        return floats(name, 0, info(name).elements());
    }

    /// Some consecutive values of an F32, F16 or BF16 tensor.
    ///
    /// @throws TensorFileException as above
    public float[] floats(String name, long from, long count) {
        TensorInfo info = info(name);
        if (count > Integer.MAX_VALUE - 8) {
            throw new TensorFileException(String.format(Locale.ROOT,
                    "%s: tensor %s has %,d elements, more than one array holds.", path.getFileName(), name, info.elements()));
        }
        MemorySegment data = data(name).asSlice(from * info.type().bytes(), count * info.type().bytes());
        return switch (info.type()) {
            case F32 -> data.toArray(FLOAT);
            case F16 -> Float16.toFloats(data.toArray(SHORT));
            case BF16 -> Float16.bfloatToFloats(data.toArray(SHORT));
            default -> throw new TensorFileException(path.getFileName() + ": tensor " + name + " has the type " + info.type()
                    + " where F32, F16 or BF16 is expected. Check that the file belongs to this model.");
        };
    }

    /// The values of an F32, F16 or BF16 tensor, into an array that can serve for many tensors of a size.
    ///
    /// @throws TensorFileException as above
    /// @throws IllegalArgumentException where the array has another size
    public void floats(String name, float[] target) {
        TensorInfo info = info(name);
        if (info.elements() != target.length) {
            throw new IllegalArgumentException(name + " has " + info.elements() + " elements, not " + target.length);
        }
        if (info.type() == DType.F32) {
            MemorySegment.copy(data(name), FLOAT, 0, target, 0, target.length);
        } else {
            System.arraycopy(floats(name), 0, target, 0, target.length);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
