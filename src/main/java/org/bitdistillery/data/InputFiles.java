package org.bitdistillery.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitdistillery.config.InvalidInput;

/// Opens text files that the user names, and says what is wrong with those that cannot be read.
final class InputFiles {

    private InputFiles() {}

    /// The file itself, once it is known to be one.
    static Path regular(Path file) {
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

    /// A reader that fails on bytes that are not UTF-8 instead of replacing them.
    static BufferedReader utf8(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    static InvalidInput unreadable(Path file, IOException cause) {
        if (cause instanceof CharacterCodingException) {
            return new InvalidInput(file + " is not UTF-8 text: save it in that encoding.", cause);
        }
        return new InvalidInput(file + " cannot be read (" + cause.getMessage() + ").", cause);
    }
}
