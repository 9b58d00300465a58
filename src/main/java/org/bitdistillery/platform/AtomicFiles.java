package org.bitdistillery.platform;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;

/// Files that are there whole or not at all, also after a crash or a power cut.
public final class AtomicFiles {

    private AtomicFiles() {}

    /// Replaces a file's content: written beside it, flushed to the disk, then renamed.
    ///
    /// @throws InvalidInput where the disk is full or the place cannot be written to; the old content is still there then
    public static void write(Path file, byte[] content) {
        Path temporary = sibling(file);
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            move(temporary, file);
        } catch (IOException e) {
            deleteQuietly(temporary);
            throw unwritable(file, e);
        }
    }

    /// Writes what does not fit into memory.
    @FunctionalInterface
    public interface Content {
        void write(FileChannel channel) throws IOException;
    }

    /// Replaces a file by one that is written piece by piece: beside it, flushed to the disk, then renamed.
    ///
    /// @throws IOException where the disk is full or the place cannot be written to; the old content is still there then
    public static void write(Path file, Content content) throws IOException {
        Path temporary = sibling(file);
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                content.write(channel);
                channel.force(true);
            }
            move(temporary, file);
        } finally {
            deleteQuietly(temporary);
        }
    }

    /// The same for a text, in UTF-8.
    public static void write(Path file, String content) {
        write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /// Puts a finished folder in the place of another one, which may be missing.
    ///
    /// @throws InvalidInput where the place cannot be written to; the old folder is still there then
    public static void replaceFolder(Path finished, Path target) {
        Path old = sibling(target);
        try {
            boolean replaces = Files.exists(target);
            if (replaces) {
                Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            }
            try {
                Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (replaces) {
                    Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
                }
                throw e;
            }
            forceFolder(target.toAbsolutePath().getParent());
            deleteFolder(old);
        } catch (IOException e) {
            throw unwritable(target, e);
        }
    }

    /// Deletes a folder with all that is in it; a missing one is fine.
    ///
    /// @throws InvalidInput where something in it cannot be deleted
    public static void deleteFolder(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> content = Files.walk(folder)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /// One sentence for people on why a file could not be written.
    public static InvalidInput unwritable(Path file, IOException e) {
        String detail = detail(e);
        if (isDiskFull(detail)) {
            return new InvalidInput("The disk is full, " + file + " could not be written. Free some space and try again.", e);
        }
        String reason = switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "its folder does not exist";
            case FileAlreadyExistsException _ -> "a file of that name is in the way";
            default -> detail;
        };
        return new InvalidInput(file + " cannot be written (" + reason + "). Choose a folder that you may write to.", e);
    }

    private static String detail(IOException e) {
        String reason = e instanceof FileSystemException fileError ? fileError.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    private static boolean isDiskFull(String detail) {
        String lower = detail.toLowerCase(Locale.ROOT);
        return lower.contains("no space left") || lower.contains("not enough space") || lower.contains("quota exceeded");
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        forceFolder(to.toAbsolutePath().getParent());
    }

    /// A rename is durable once its folder is flushed. Windows cannot open folders and needs no flush.
    private static void forceFolder(Path folder) throws IOException {
        if (File.separatorChar == '\\') {
            return;
        }
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Another name in the same folder, because a rename across file systems is not atomic.
    private static Path sibling(Path path) {
        return path.resolveSibling("." + path.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The failure that led here is the one to report.
        }
    }
}
