package org.bitdistillery.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.AtomicFiles;

/// Hashes of large files, remembered by path, size and time of the last change, because hashing a corpus of many gigabytes
/// takes minutes.
final class HashMemo {

    private static final long SMALL = 64L << 20;

    private HashMemo() {}

    /// SHA-256 of a file's bytes, in lower-case hexadecimal.
    static String of(Path file, Path folder) {
        try {
            long size = Files.size(file);
            if (size <= SMALL) {
                return DataHashes.ofFile(file);
            }
            String state = size + " " + Files.getLastModifiedTime(file).toMillis();
            Path memo = folder.resolve(hash(file.toAbsolutePath().normalize().toString()).substring(0, 32) + ".sha256");
            if (Files.isRegularFile(memo)) {
                String[] remembered = Files.readString(memo).split("\n");
                if (remembered.length == 2 && remembered[0].equals(state) && remembered[1].matches("[0-9a-f]{64}")) {
                    return remembered[1];
                }
            }
            String hash = DataHashes.ofFile(file);
            Files.createDirectories(folder);
            AtomicFiles.write(memo, state + "\n" + hash);
            return hash;
        } catch (IOException e) {
            throw new InvalidInput(folder + " cannot be used as a cache (" + e.getMessage() + "): name another folder in corpus.cache.", e);
        }
    }

    private static String hash(String text) {
        MessageDigest digest = DataHashes.digest();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return DataHashes.hex(digest);
    }
}
