package org.bitdistillery.data;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.bitdistillery.config.InvalidInput;

/// Opens files that the user names, unpacks them where they are compressed, and says what is wrong with those that cannot
/// be read.
public final class InputFiles {

    private static final int BUFFER = 1 << 16;
    private static final int MAGIC = 4;

    private InputFiles() {}

    /// The file itself, once it is known to be one.
    public static Path regular(Path file) {
        if (Files.isDirectory(file)) {
            throw new InvalidInput(file + " is a folder: name the file in it.");
        }
        if (!Files.exists(file)) {
            throw new InvalidInput(
                    file + " does not exist: check the path, which is relative to the folder that the program was started in.");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new InvalidInput(file + " cannot be read: check that it is a file and its permissions.");
        }
        return file;
    }

    /// The file's content; unpacked on the way where it begins like a gzip or Zstandard file, whatever its name.
    public static InputStream unpacked(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(regular(file)), BUFFER);
        try {
            in.mark(MAGIC);
            byte[] magic = in.readNBytes(MAGIC);
            in.reset();
            return switch (Packing.of(magic)) {
                case NONE -> in;
                case GZIP -> new GZIPInputStream(in, BUFFER);
                case ZSTD -> new ZstdInputStream(in);
                case ZIP -> throw new InvalidInput(file + " is a zip archive, as Excel's workbooks are: save the sheet as CSV, or unpack the file.");
            };
        } catch (IOException | InvalidInput e) {
            in.close();
            throw e;
        }
    }

    /// Whether the file is compressed, by its first bytes.
    public static boolean isPacked(Path file) {
        try (InputStream in = Files.newInputStream(regular(file))) {
            return Packing.of(in.readNBytes(MAGIC)) != Packing.NONE;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private enum Packing {
        NONE, GZIP, ZSTD, ZIP;

        static Packing of(byte[] magic) {
            if (magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
                return GZIP;
            }
            if (magic.length == MAGIC && magic[0] == 'P' && magic[1] == 'K' && magic[2] == 3 && magic[3] == 4) {
                return ZIP;
            }
            boolean zstd = magic.length == MAGIC && magic[0] == 0x28 && magic[1] == (byte) 0xb5 && magic[2] == 0x2f
                    && magic[3] == (byte) 0xfd;
            return zstd ? ZSTD : NONE;
        }
    }

    /// A reader that fails on bytes that are not UTF-8 instead of replacing them.
    public static BufferedReader utf8(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    public static InvalidInput unreadable(Path file, IOException cause) {
        return switch (cause) {
            case CharacterCodingException _ -> new InvalidInput(file + " is not UTF-8 text: save it in that encoding.", cause);
            case EOFException _ -> new InvalidInput(file + " ends too early: it was cut off. Fetch or pack it again.", cause);
            case ZipException _ -> damaged(file, cause);
            case com.github.luben.zstd.ZstdIOException _ -> damaged(file, cause);
            default -> new InvalidInput(file + " cannot be read (" + cause.getMessage() + ").", cause);
        };
    }

    private static InvalidInput damaged(Path file, IOException cause) {
        return new InvalidInput(file + " is a damaged archive (" + cause.getMessage() + "): fetch or pack it again.", cause);
    }
}
