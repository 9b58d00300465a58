package org.bitdistillery.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsFolder;
import tools.jackson.databind.node.ObjectNode;

/// Turns a Hugging Face folder into a packed file, tensor by tensor: no more than one is in memory at a time, and none of the largest.
public final class PackedWriter {

    private static final List<String> COMPANIONS =
            List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json", "chat_template.jinja");

    private static final long LARGE = 64L << 20;

    private final Path folder;
    private final Architecture shape;
    private final long large;
    private final LongConsumer progress;
    private final Map<String, PackedHeader.Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, PackedHeader.Piece> vectors = new LinkedHashMap<>();
    private final Map<String, PackedHeader.Piece> files = new LinkedHashMap<>();
    private FileChannel channel;
    /// Of the matrix that is being packed.
    private Arena arena;
    /// Where the matrix that is being packed will lie in the mapped file; null for a small one.
    private MemorySegment inPlace;

    private PackedWriter(Path folder, Architecture shape, long large, LongConsumer progress) {
        this.folder = folder;
        this.shape = shape;
        this.large = large;
        this.progress = progress;
    }

    /// Writes the file whole or not at all.
    ///
    /// @param folder a model in full precision, a student with latent weights, or one with packed ternary weights
    /// @throws org.bitdistillery.config.InvalidInput where the folder cannot be read or computed, or the file cannot be written
    public static void write(Path folder, PackedOptions options, PackedMetadata metadata, Path target) {
        write(folder, options, metadata, target, _ -> {});
    }

    /// The same.
    ///
    /// @param progress hears the bytes written so far, tensor by tensor; what it throws ends the writing and leaves nothing behind
    public static void write(Path folder, PackedOptions options, PackedMetadata metadata, Path target, LongConsumer progress) {
        write(folder, options, metadata, target, progress, LARGE);
    }

    /// @param large bytes of a matrix from which on it is packed in the mapped file
    static void write(Path folder, PackedOptions options, PackedMetadata metadata, Path target, LongConsumer progress, long large) {
        Quantization quantization =
                ConfigJson.readMode(folder) == LinearMode.TERNARY ? ConfigJson.readQuantization(folder) : null;
        try (var files = SafetensorsFolder.open(folder)) {
            new PackedWriter(folder, ConfigJson.read(folder), large, progress).write(
                    target, memory -> new FolderWeights(files, quantization, options, memory), ConfigJson.readTree(folder), metadata);
        }
    }

    /// Writes weights from anywhere.
    static void write(
            Architecture shape, LinearMode mode, Function<LongFunction<MemorySegment>, WeightSource> sources, PackedMetadata metadata, Path target) {
        new PackedWriter(null, shape, LARGE, _ -> {}).write(target, sources, ConfigJson.tree(shape, mode, DType.F16), metadata);
    }

    private void write(Path target, Function<LongFunction<MemorySegment>, WeightSource> sources, ObjectNode config, PackedMetadata metadata) {
        try {
            AtomicFiles.write(target, out -> {
                channel = out;
                writeTensors(sources);
                finish(new PackedHeader(config, tensors, vectors, files, metadata).bytes());
            });
        } catch (IOException e) {
            throw AtomicFiles.unwritable(target, e);
        } catch (UncheckedIOException e) {
            throw AtomicFiles.unwritable(target, e.getCause());
        }
    }

    private void writeTensors(Function<LongFunction<MemorySegment>, WeightSource> sources) throws IOException {
        channel.position(PackedFile.PREAMBLE);
        WeightSource source = sources.apply(this::room);
        for (ParameterSpec spec : ParameterSpec.of(shape)) {
            try (Arena current = Arena.ofConfined()) {
                arena = current;
                if (spec.shape().length == 1) {
                    vectors.put(spec.name(), append(floats(source.vector(spec.name(), (int) spec.shape()[0]))));
                } else {
                    append(spec.name(), source.matrix(spec.name(), (int) spec.shape()[0], (int) spec.shape()[1]).packed());
                }
            }
            progress.accept(channel.position());
        }
        for (String name : COMPANIONS) {
            if (folder != null && Files.exists(folder.resolve(name))) {
                files.put(name, append(ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name)))));
            }
        }
    }

    private MemorySegment room(long bytes) {
        if (bytes < large) {
            return arena.allocate(bytes, Packed.ALIGNMENT);
        }
        try {
            inPlace = WeightMemory.mapped(channel, align(), bytes, arena);
            return inPlace;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void append(String name, Packed packed) throws IOException {
        long offset = align();
        if (inPlace != null && inPlace.address() == packed.data().address()) {
            inPlace.force();
            channel.position(offset + packed.data().byteSize());
        } else {
            writeAll(packed.data());
        }
        inPlace = null;
        tensors.put(name, new PackedHeader.Tensor(packed.format(), packed.rows(), packed.columns(), packed.rowScaled(), packed.scale(),
                new PackedHeader.Piece(offset, packed.data().byteSize())));
    }

    private void writeAll(MemorySegment data) throws IOException {
        // A buffer holds less than 2 GiB.
        for (long at = 0; at < data.byteSize(); at += 1 << 30) {
            writeAll(data.asSlice(at, Math.min(1 << 30, data.byteSize() - at)).asByteBuffer());
        }
    }

    private PackedHeader.Piece append(ByteBuffer bytes) throws IOException {
        long offset = align();
        int length = bytes.remaining();
        writeAll(bytes);
        return new PackedHeader.Piece(offset, length);
    }

    private static ByteBuffer floats(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(Lanes.ORDER);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    private long align() throws IOException {
        long offset = Packed.aligned(channel.position());
        channel.position(offset);
        return offset;
    }

    private void finish(byte[] header) throws IOException {
        long at = align();
        writeAll(ByteBuffer.wrap(header));
        ByteBuffer preamble = ByteBuffer.allocate(PackedFile.PREAMBLE).order(Lanes.ORDER);
        preamble.putInt(0, PackedFile.MAGIC).putInt((int) PackedFile.VERSION_AT, PackedFile.VERSION);
        preamble.putLong((int) PackedFile.HEADER_AT, at).putLong((int) PackedFile.HEADER_LENGTH_AT, header.length);
        preamble.putLong((int) PackedFile.FILE_LENGTH_AT, at + header.length);
        preamble.putInt((int) PackedFile.CHECKSUM_AT, PackedFile.checksum(header));
        channel.position(0);
        writeAll(preamble);
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
