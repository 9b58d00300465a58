package org.bitdistillery.inference;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.ExportedTensor;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.tensorfile.TensorFileException;

/// A packed model: one memory-mapped file whose matrices stand as the kernels read them, for every vector width.
///
/// Opening maps the file and reads its header; weights come into memory when they are first used and are shared by all processes
/// that use the file. The header is checked against the file before anything is handed out. Everything handed out dies with
/// [#close()].
public final class PackedFile implements WeightSource, AutoCloseable {

    public static final String EXTENSION = ".bitd";

    static final int MAGIC = 0x44_54_49_42;
    static final int VERSION = 1;
    /// Magic, version, header offset, header length, file length, checksum of the header; then the data.
    static final int PREAMBLE = 64;
    static final long VERSION_AT = 4;
    static final long HEADER_AT = 8;
    static final long HEADER_LENGTH_AT = 16;
    static final long FILE_LENGTH_AT = 24;
    static final long CHECKSUM_AT = 32;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(Lanes.ORDER);
    private static final long LONGEST_HEADER = 64L << 20;

    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;
    private final PackedHeader header;
    private final Architecture architecture;

    private PackedFile(Path path, Arena arena) {
        this.path = path;
        this.arena = arena;
        bytes = map(path, arena);
        header = readHeader(path, bytes);
        architecture = header.architecture(path);
    }

    /// Whether a path is a file that begins like a packed model.
    public static boolean isPacked(Path path) {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        try (var in = Files.newInputStream(path)) {
            return Arrays.equals(in.readNBytes(4), new byte[] {'B', 'I', 'T', 'D'});
        } catch (IOException e) {
            return false;
        }
    }

    /// @throws TensorFileException where the file is missing, cut off, of another kind, or its header contradicts itself
    public static PackedFile open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            return new PackedFile(path, arena);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static MemorySegment map(Path file, Arena arena) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (NoSuchFileException e) {
            throw new TensorFileException(file + " does not exist. Check the path.", e);
        } catch (IOException e) {
            throw new TensorFileException(file + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        }
    }

    private static PackedHeader readHeader(Path file, MemorySegment bytes) {
        if (bytes.byteSize() < PREAMBLE || bytes.get(Packed.INT, 0) != MAGIC) {
            throw new TensorFileException(file + " is not a packed model, which begins with the letters BITD. Check the path.");
        }
        int version = bytes.get(Packed.INT, VERSION_AT);
        if (version != VERSION) {
            throw new TensorFileException(file + " has version " + version + " of the packed format, this program reads version "
                    + VERSION + ". Update the program or export the model again.");
        }
        long promised = bytes.get(LONG, FILE_LENGTH_AT);
        if (promised != bytes.byteSize()) {
            throw new TensorFileException(String.format(Locale.ROOT, "%s has %,d bytes, its beginning promises %,d: it was cut off or"
                    + " something was appended. Fetch it again.", file, bytes.byteSize(), promised));
        }
        long at = bytes.get(LONG, HEADER_AT);
        long length = bytes.get(LONG, HEADER_LENGTH_AT);
        if (at < PREAMBLE || at > promised || length < 2 || length > LONGEST_HEADER || length > promised - at) {
            throw PackedHeader.damaged(file, "its header would stand outside the file", null);
        }
        byte[] json = bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
        if (checksum(json) != bytes.get(Packed.INT, CHECKSUM_AT)) {
            throw PackedHeader.damaged(file, "its header has another checksum than it should have", null);
        }
        return PackedHeader.parse(json, PREAMBLE, at, file);
    }

    static int checksum(byte[] header) {
        CRC32C crc = new CRC32C();
        crc.update(header);
        return (int) crc.getValue();
    }

    public Path path() {
        return path;
    }

    public Architecture architecture() {
        return architecture;
    }

    public PackedMetadata metadata() {
        return header.metadata();
    }

    /// Every matrix and vector, with the bytes that it takes.
    public List<ExportedTensor> tensors() {
        List<ExportedTensor> tensors = new ArrayList<>();
        header.tensors().forEach((name, tensor) -> tensors.add(new ExportedTensor(
                name, List.of((long) tensor.rows(), (long) tensor.columns()), tensor.format().name(), tensor.piece().bytes())));
        header.vectors().forEach((name, piece) -> tensors.add(new ExportedTensor(name, List.of(piece.bytes() / Float.BYTES), "F32", piece.bytes())));
        return tensors;
    }

    /// Bytes of the whole file.
    public long byteSize() {
        return bytes.byteSize();
    }

    /// Bytes of every matrix and vector by its Hugging Face name, scales and padding counted.
    public Map<String, Long> tensorBytes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        header.tensors().forEach((name, tensor) -> sizes.put(name, tensor.piece().bytes()));
        header.vectors().forEach((name, piece) -> sizes.put(name, piece.bytes()));
        return sizes;
    }

    /// Names of the companion files inside, such as `tokenizer.json`.
    public Set<String> companions() {
        return header.files().keySet();
    }

    /// Writes the companion files into a folder, as a Hugging Face folder has them.
    ///
    /// @throws InvalidInput where the folder cannot be written
    public void extractCompanions(Path folder) {
        header.files().forEach((name, piece) -> {
            Path target = folder.resolve(name);
            try {
                Files.write(target, bytes.asSlice(piece.offset(), piece.bytes()).toArray(ValueLayout.JAVA_BYTE));
            } catch (IOException e) {
                throw new InvalidInput(target + " cannot be written (" + e.getMessage() + "). Choose a folder that is writable.", e);
            }
        });
    }

    @Override
    public Matrix matrix(String name, int rows, int columns) {
        PackedHeader.Tensor tensor = header.tensors().get(name);
        if (tensor == null || tensor.rows() != rows || tensor.columns() != columns) {
            throw PackedHeader.damaged(path, (tensor == null ? "it has no tensor " + name : name + " is " + tensor.rows() + " x " + tensor.columns())
                    + ", its config asks for " + rows + " x " + columns, null);
        }
        MemorySegment data = bytes.asSlice(tensor.piece().offset(), tensor.piece().bytes());
        Packed packed = new Packed(tensor.format(), rows, columns, tensor.rowScaled(), tensor.scale(), data);
        for (int row = 0; tensor.rowScaled() && row < rows; row++) {
            if (!Float.isFinite(packed.scaleOf(row))) {
                throw PackedHeader.damaged(path, name + " has the scale " + packed.scaleOf(row) + " in row " + row, null);
            }
        }
        return Matrix.of(packed);
    }

    @Override
    public float[] vector(String name, int length) {
        PackedHeader.Piece piece = header.vectors().get(name);
        if (piece == null || piece.bytes() != 4L * length) {
            throw PackedHeader.damaged(path, (piece == null ? "it has no vector " + name : name + " has " + piece.bytes() / 4 + " numbers")
                    + ", its config asks for " + length, null);
        }
        float[] values = bytes.asSlice(piece.offset(), piece.bytes()).toArray(Packed.FLOAT);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw PackedHeader.damaged(path, name + " holds " + value, null);
            }
        }
        return values;
    }

    @Override
    public void close() {
        arena.close();
    }
}
