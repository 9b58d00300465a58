package org.bitdistillery.export;

import java.nio.file.Path;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;

/// What a user chooses for an export.
///
/// @param embeddings of GGUF files
/// @param llama      a llama.cpp library to check GGUF files with, or null for the usual one
public record ExportOptions(Format format, Embeddings embeddings, Path llama) {

    public static ExportOptions of(Format format) {
        return new ExportOptions(format, ExportStage.DEFAULTS.embeddings(), null);
    }

    public static ExportOptions of(ExportStage stage) {
        return new ExportOptions(stage.format(), stage.embeddings(), null);
    }
}
