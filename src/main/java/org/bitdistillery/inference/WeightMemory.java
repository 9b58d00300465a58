package org.bitdistillery.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongFunction;
import org.bitdistillery.platform.AtomicFiles;

/// Where weights are put that are packed when a model is loaded: in memory of their own, or in a temporary file, whose pages the
/// operating system can write out and take back where memory is short.
final class WeightMemory implements LongFunction<MemorySegment>, AutoCloseable {

    private final Arena arena = Arena.ofShared();
    /// Null where weights are in memory.
    private final Path folder;
    private final FileChannel channel;
    private long end;

    private WeightMemory(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    static WeightMemory ofItsOwn() {
        return new WeightMemory(null, null);
    }

    /// @throws org.bitdistillery.config.InvalidInput where the folder cannot be written
    static WeightMemory inFileOf(Path folder) {
        try {
            return new WeightMemory(folder, FileChannel.open(Files.createTempFile(folder, ".weights", ".tmp"),
                    StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException e) {
            throw AtomicFiles.unwritable(folder, e);
        }
    }

    /// @throws org.bitdistillery.config.InvalidInput where the disk is full
    @Override
    public MemorySegment apply(long bytes) {
        if (channel == null) {
            return arena.allocate(bytes, Packed.ALIGNMENT);
        }
        try {
            long from = end;
            end += Packed.aligned(bytes);
            return mapped(channel, from, bytes, arena);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(folder, e);
        }
    }

    /// Adds zeros to a file and maps them.
    ///
    /// They are written and not left out: a full disk is an error here and would be a crash where the mapped pages are touched.
    static MemorySegment mapped(FileChannel channel, long from, long bytes, Arena arena) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
        for (long at = from; at < from + bytes;) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), from + bytes - at));
            at += channel.write(zeros, at);
        }
        return channel.map(MapMode.READ_WRITE, from, bytes, arena);
    }

    @Override
    public void close() {
        arena.close();
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
