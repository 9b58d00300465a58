package org.bitdistillery.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// SHA-256 of what a run reads, in lower-case hexadecimal: it tells whether two runs saw the same data.
public final class DataHashes {

    private DataHashes() {}

    /// Hash of a file's bytes.
    ///
    /// @throws org.bitdistillery.config.InvalidInput where the file cannot be read
    public static String ofFile(Path file) {
        try (InputStream in = Files.newInputStream(InputFiles.regular(file))) {
            DigestInputStream digesting = new DigestInputStream(in, digest());
            digesting.transferTo(OutputStream.nullOutputStream());
            return hex(digesting.getMessageDigest());
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    /// Hashes of several files, by path as given.
    public static Map<String, String> ofFiles(List<Path> files) {
        Map<String, String> hashes = new LinkedHashMap<>();
        files.forEach(file -> hashes.put(file.toString(), ofFile(file)));
        return hashes;
    }

    /// Hash of rows that come from no file, as lines of label index, tab and text.
    public static String ofRows(List<TaskRow> rows) {
        MessageDigest digest = digest();
        rows.forEach(row -> digest.update((row.label() + "\t" + row.text() + "\n").getBytes(StandardCharsets.UTF_8)));
        return hex(digest);
    }

    /// Hash of tokenized rows, in order.
    public static String ofExamples(List<Example> rows) {
        MessageDigest digest = digest();
        for (Example row : rows) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * (row.length() + 1));
            bytes.putInt(row.prompt().length);
            bytes.asIntBuffer().put(row.prompt()).put(row.answer());
            digest.update(bytes.array());
        }
        return hex(digest);
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
