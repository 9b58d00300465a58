package org.bitdistillery.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.AtomicFiles;

/// Writes one model into the cache in the layout that Hugging Face's tools share. It holds a lock as long as it is open.
///
/// Contents are `blobs/<hash>`; a snapshot's files are links to them: symbolic ones, or hard ones where the file system
/// or the user's rights know no symbolic ones (Windows), or copies where there are no links at all.
final class CacheWriter implements AutoCloseable {

    private final Path cache;
    private final Path model;
    private final FileChannel lockFile;
    private final FileLock lock;

    private CacheWriter(Path cache, Path model, FileChannel lockFile, FileLock lock) {
        this.cache = cache;
        this.model = model;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /// @throws InvalidInput where the cache cannot be written, or another download of the model goes on
    static CacheWriter open(Path cache, ModelName name) {
        Path locks = cache.resolve(".locks").resolve(name.folder());
        Path file = locks.resolve("bitdistillery.lock");
        try {
            Files.createDirectories(locks);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new InvalidInput("Another download of " + name.id() + " goes on. Wait until it is done, or cancel it.");
            }
            CacheWriter writer = new CacheWriter(cache, cache.resolve(name.folder()), channel, lock);
            Files.createDirectories(writer.blobs());
            return writer;
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    Path incomplete(HubFile file) {
        return blobs().resolve(file.blobName() + ".incomplete");
    }

    Path blob(HubFile file) {
        return blobs().resolve(file.blobName());
    }

    /// Bytes of a file that are here already, in the blob, in the snapshot, or from a download that was interrupted.
    static long presentBytes(Path cache, ModelName name, String commit, HubFile file) {
        Path model = cache.resolve(name.folder());
        Path blob = model.resolve("blobs").resolve(file.blobName());
        boolean there = size(blob) == file.size() || size(model.resolve("snapshots").resolve(commit).resolve(file.path())) == file.size();
        return there ? file.size() : Math.min(file.size(), Math.max(0, size(blob.resolveSibling(file.blobName() + ".incomplete"))));
    }

    /// Puts a blob that is whole under its final name.
    void finish(HubFile file) {
        try {
            Files.move(incomplete(file), blob(file), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(blob(file), e);
        }
    }

    /// Makes a file of a snapshot out of a blob.
    void link(String commit, HubFile file) {
        Path place = snapshot(commit).resolve(file.path()).normalize();
        if (size(place) == file.size()) {
            return;
        }
        try {
            Files.createDirectories(place.getParent());
            if (!place.getParent().toRealPath().startsWith(snapshot(commit).toRealPath())) {
                throw new InvalidInput(place + " leads out of the cache through a link. Remove the link.");
            }
            if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(place);
            }
            link(place, blob(file));
        } catch (IOException e) {
            throw AtomicFiles.unwritable(place, e);
        }
    }

    private static void link(Path place, Path blob) throws IOException {
        try {
            Files.createSymbolicLink(place, place.getParent().relativize(blob));
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            try {
                Files.createLink(place, blob);
            } catch (IOException | UnsupportedOperationException noLinks) {
                Files.copy(blob, place);
            }
        }
    }

    /// From now on the revision means this commit.
    void point(String revision, String commit) {
        if (!revision.equals(commit)) {
            Path ref = model.resolve("refs").resolve(revision);
            try {
                Files.createDirectories(ref.getParent());
            } catch (IOException e) {
                throw AtomicFiles.unwritable(ref, e);
            }
            AtomicFiles.write(ref, commit);
        }
    }

    Path snapshot(String commit) {
        return model.resolve("snapshots").resolve(commit);
    }

    long freeBytes() {
        return freeBytes(cache);
    }

    /// On the disk of a folder that need not exist yet.
    static long freeBytes(Path folder) {
        Path existing = folder.toAbsolutePath();
        while (existing != null && Files.notExists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing == null ? Long.MAX_VALUE : Files.getFileStore(existing).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private Path blobs() {
        return model.resolve("blobs");
    }

    static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            lockFile.close();
        } catch (IOException e) {
            // The operating system frees the lock with the process.
        }
    }
}
