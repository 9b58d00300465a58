package org.bitdistillery.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.bitdistillery.platform.AtomicFiles;
import tools.jackson.core.JacksonException;

/// `control.json`: what the user wants the worker of a run to do. Whoever shows the run writes it, the worker reads it.
final class RunControl {

    /// RUN is what a worker does when nobody asked for anything.
    enum Command { RUN, PAUSE, STOP }

    private record Request(Command command) {}

    /// A step may take less than a millisecond; looking at a file that often would be felt.
    private static final long READ_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path file;
    private Command last = Command.RUN;
    private long readAt;
    private boolean read;

    RunControl(Path file) {
        this.file = file;
    }

    /// @throws org.bitdistillery.config.InvalidInput where the folder cannot be written
    void request(Command command) {
        AtomicFiles.write(file, EventJson.MAPPER.writeValueAsString(new Request(command)));
    }

    /// The newest request, at most 50 ms late. Cheap enough to be called before every step.
    Command requested() {
        long now = System.nanoTime();
        if (!read || now - readAt >= READ_EVERY_NANOS) {
            last = readFile();
            readAt = now;
            read = true;
        }
        return last;
    }

    private Command readFile() {
        if (!Files.exists(file)) {
            return Command.RUN;
        }
        try {
            Command command = EventJson.MAPPER.readValue(Files.readString(file), Request.class).command();
            return command == null ? last : command;
        } catch (IOException | JacksonException e) {
            return last;
        }
    }
}
