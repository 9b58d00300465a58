package org.bitdistillery.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Torch;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.DType;

/// How one stage hands a model to the next: as a Hugging Face folder that appears whole or not at all.
final class HandOver {

    private HandOver() {}

    /// @param companions folder whose tokenizer and generation settings belong to the model
    static void save(Decoder decoder, Path target, DType type, Path companions) {
        Path temporary = unfinished(target);
        ModelFolder.save(decoder, temporary, type);
        ModelFolder.copyCompanions(companions, temporary);
        AtomicFiles.replaceFolder(temporary, target);
    }

    /// An empty folder beside the target, to be renamed when it is whole.
    static Path unfinished(Path target) {
        Path folder = target.toAbsolutePath().resolveSibling("." + target.getFileName() + ".part");
        try {
            AtomicFiles.deleteFolder(folder);
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(folder, e);
        }
        return folder;
    }

    /// Rounds embeddings and head to half precision, as an export keeps them, so that what is evaluated is what is shipped.
    static void roundEmbeddings(Decoder decoder) {
        for (ParameterSpec parameter : ParameterSpec.of(decoder.architecture())) {
            if (parameter.kind() == ParameterSpec.Kind.EMBEDDING || parameter.kind() == ParameterSpec.Kind.HEAD) {
                Torch.roundToHalf(decoder.parameters().get(parameter.name()));
            }
        }
    }
}
