package org.bitdistillery.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.ChatTemplate;
import org.bitdistillery.data.TextTokenizer;
import org.bitdistillery.export.TokenizerOfGguf;
import org.bitdistillery.inference.PackedFile;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.GgufFile;

/// What stands beside a model's weights and makes text of tokens.
record Companions(TextTokenizer tokenizer, Optional<ChatTemplate> template) {

    /// @param path folder, packed file or GGUF file; the files that are inside of a file are unpacked for as long as they are read
    static Companions of(Path path) {
        if (Files.isDirectory(path)) {
            return inFolder(path);
        }
        try {
            Path folder = Files.createTempDirectory("bitdistillery-tokenizer");
            try {
                unpack(path, folder);
                return inFolder(folder);
            } finally {
                AtomicFiles.deleteFolder(folder);
            }
        } catch (IOException e) {
            throw new InvalidInput("The tokenizer of " + path + " cannot be unpacked (" + e.getMessage() + "). Free some space.", e);
        }
    }

    private static Companions inFolder(Path folder) {
        Optional<ChatTemplate> template = ChatTemplate.of(folder);
        return new Companions(TextTokenizer.load(folder), template);
    }

    private static void unpack(Path path, Path folder) throws IOException {
        if (PackedFile.isPacked(path)) {
            try (PackedFile packed = PackedFile.open(path)) {
                packed.extractCompanions(folder);
            }
        } else {
            try (GgufFile file = GgufFile.open(path)) {
                TokenizerOfGguf.write(file.metadata(), folder);
            }
        }
    }
}
