package org.bitdistillery.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bitdistillery.platform.AtomicFiles;

/// Checks contents against what the hub promises: SHA-256 of large files, git's blob id of small ones.
final class FileHash {

    private FileHash() {}

    /// @throws DownloadCancelled where the watcher no longer wants it
    static boolean matches(Path path, HubFile file, DownloadWatcher watcher) {
        MessageDigest digest = digest(file.sha256() != null ? "SHA-256" : "SHA-1");
        if (file.sha256() == null) {
            digest.update(("blob " + file.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        byte[] buffer = new byte[1 << 18];
        try (InputStream in = Files.newInputStream(path)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                if (!watcher.mayContinue()) {
                    throw new DownloadCancelled();
                }
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(path, e);
        }
        return HexFormat.of().formatHex(digest.digest()).equals(file.blobName());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
