package org.bitdistillery.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.inference.PackedFile;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.GgufFile;

/// What stands beside a model's weights: tokenizer and chat template.
public final class ModelCompanions {

    private static final String TOKENIZER = "tokenizer.json";

    private ModelCompanions() {}

    /// Reads them from a folder: a model's own, or one into which those of a packed file or a GGUF file are unpacked for as long as it takes.
    ///
    /// @throws InvalidInput where there is no model, a file has none of them inside, and what `reader` throws, which then names the file
    public static <T> T read(Path model, Function<Path, T> reader) {
        if (!Files.exists(model)) {
            throw new InvalidInput(model + " does not exist. Name the folder of a model, a packed file or a GGUF file.");
        }
        if (Files.isDirectory(model)) {
            return reader.apply(model);
        }
        try {
            Path folder = Files.createTempDirectory("bitdistillery-tokenizer");
            try {
                unpack(model, folder);
                return reader.apply(folder);
            } catch (InvalidInput e) {
                throw e.getMessage().contains(folder.toString())
                        ? new InvalidInput(e.getMessage().replace(folder.toString(), model.toString()), e) : e;
            } finally {
                AtomicFiles.deleteFolder(folder);
            }
        } catch (IOException e) {
            throw new InvalidInput("The tokenizer of " + model + " cannot be unpacked (" + e.getMessage() + "). Free some space.", e);
        }
    }

    private static void unpack(Path model, Path folder) throws IOException {
        if (!PackedFile.isPacked(model)) {
            try (GgufFile file = GgufFile.open(model)) {
                TokenizerOfGguf.write(file.metadata(), folder);
            }
            return;
        }
        try (PackedFile packed = PackedFile.open(model)) {
            if (!packed.companions().contains(TOKENIZER)) {
                throw new InvalidInput(model + " has no tokenizer inside: export it again from a folder that has a " + TOKENIZER + ".");
            }
            packed.extractCompanions(folder);
        }
    }
}
