package org.bitdistillery.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.bitdistillery.platform.AtomicFiles;

/// The lock that makes sure that one run has one worker. The operating system takes it back when the worker dies, in
/// whatever way.
final class WorkerLock implements AutoCloseable {

    private static final int TRIES = 5;
    private static final long WAIT_MILLIS = 100;

    private final FileChannel channel;

    private WorkerLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock, or gives nothing where another worker holds it. Tries for half a second, because someone who only
    /// looks whether the lock is held has it for a moment.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where the folder cannot be written
    static Optional<WorkerLock> take(Path file) {
        for (int i = 0; i < TRIES; i++) {
            Optional<WorkerLock> lock = tryToTake(file);
            if (lock.isPresent()) {
                return lock;
            }
            pause();
        }
        return Optional.empty();
    }

    /// Whether another process holds the lock. Never to be asked by the process that holds it: POSIX gives all locks of
    /// a process on a file back when it closes that file once.
    static boolean isHeld(Path file) {
        if (!Files.isWritable(file)) {
            return false;
        }
        Optional<WorkerLock> lock = tryToTake(file);
        lock.ifPresent(WorkerLock::close);
        return lock.isEmpty();
    }

    private static Optional<WorkerLock> tryToTake(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                // Held by another thread of this process.
            } finally {
                if (lock == null) {
                    channel.close();
                }
            }
            return Optional.ofNullable(lock).map(_ -> new WorkerLock(channel));
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("Giving the worker's lock back failed.", e);
        }
    }
}
