package org.bitdistillery.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.RunEvent;

/// Follows a growing `events.jsonl`, from its beginning, without holding it open. For one thread.
public final class EventTail {

    private static final int BLOCK = 1 << 20;

    private final Path file;
    /// Always behind a line feed, so that a torn line is read again once it is whole or has been cut off.
    private long offset;

    public EventTail(Path file) {
        this.file = file;
    }

    /// The events since the last call, at most about a mebibyte of them; empty when there is nothing new yet. Lines that
    /// are no events are passed over.
    ///
    /// @throws InvalidInput where the log is there and cannot be read
    public List<RunEvent> poll() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (int size = BLOCK; ; size = Math.multiplyExact(size, 2)) {
                ByteBuffer block = ByteBuffer.allocate(Math.clamp(channel.size() - offset, 0, size));
                while (block.hasRemaining() && channel.read(block, offset + block.position()) >= 0) {
                    // Reads may be short.
                }
                int whole = endOfLastLine(block);
                if (whole > 0) {
                    offset += whole;
                    return events(block.array(), whole);
                }
                if (block.capacity() < size) {
                    return List.of();
                }
            }
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        }
    }

    /// Every event that is in the log now.
    ///
    /// @throws InvalidInput where the log is there and cannot be read
    public static List<RunEvent> readAll(Path file) {
        EventTail tail = new EventTail(file);
        List<RunEvent> all = new ArrayList<>();
        for (List<RunEvent> events = tail.poll(); !events.isEmpty(); events = tail.poll()) {
            all.addAll(events);
        }
        return all;
    }

    private static int endOfLastLine(ByteBuffer block) {
        for (int i = block.position() - 1; i >= 0; i--) {
            if (block.get(i) == '\n') {
                return i + 1;
            }
        }
        return 0;
    }

    private static List<RunEvent> events(byte[] bytes, int length) {
        List<RunEvent> events = new ArrayList<>();
        new String(bytes, 0, length, StandardCharsets.UTF_8).lines()
                .forEach(line -> EventJson.event(line).ifPresent(events::add));
        return events;
    }
}
