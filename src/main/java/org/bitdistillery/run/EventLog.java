package org.bitdistillery.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.bitdistillery.event.RunEvent;
import org.bitdistillery.platform.AtomicFiles;

/// Writes `events.jsonl`: one event a line, only ever appended. Safe for several threads of one process.
///
/// A line counts once its line feed is there. A worker that was killed may leave the beginning of a line behind; the
/// next one cuts it off before it writes.
public final class EventLog implements AutoCloseable {

    private static final int BLOCK = 1 << 16;

    private final Path file;
    private final FileChannel channel;

    private EventLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /// @throws org.bitdistillery.config.InvalidInput where the file cannot be written
    public static EventLog open(Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel.truncate(endOfLastLine(channel, channel.size()));
            channel.position(channel.size());
            return new EventLog(file, channel);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
    }

    /// Appends an event; what a resumed run relies on is also flushed to the disk.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where the disk is full
    public synchronized void append(RunEvent event) {
        try {
            ByteBuffer line = ByteBuffer.wrap(EventJson.line(event).getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            if (mustSurviveAPowerCut(event)) {
                channel.force(false);
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
    }

    private static boolean mustSurviveAPowerCut(RunEvent event) {
        return switch (event) {
            case RunEvent.CheckpointSaved _, RunEvent.StageFinished _, RunEvent.RunPaused _, RunEvent.RunStopped _,
                    RunEvent.RunFailed _, RunEvent.RunFinished _ -> true;
            default -> false;
        };
    }

    /// The last whole line of a log, or nothing where there is none. Reads from the end, however long the log is.
    static Optional<RunEvent> lastEvent(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = endOfLastLine(channel, channel.size());
            if (end == 0) {
                return Optional.empty();
            }
            long start = endOfLastLine(channel, end - 1);
            ByteBuffer line = ByteBuffer.allocate(Math.toIntExact(end - start));
            readFully(channel, line, start);
            return EventJson.event(StandardCharsets.UTF_8.decode(line).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Position behind the last line feed before `limit`; 0 where there is none.
    private static long endOfLastLine(FileChannel channel, long limit) throws IOException {
        long end = limit;
        while (end > 0) {
            int size = (int) Math.min(BLOCK, end);
            ByteBuffer block = ByteBuffer.allocate(size);
            readFully(channel, block, end - size);
            for (int i = size - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return end - size + i + 1;
                }
            }
            end -= size;
        }
        return 0;
    }

    private static void readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
        while (target.hasRemaining() && channel.read(target, position + target.position()) >= 0) {
            // Reads may be short.
        }
        target.flip();
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
    }
}
