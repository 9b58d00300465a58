package org.bitdistillery.export;

import java.nio.file.Path;
import java.util.Locale;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.event.Results;
import org.bitdistillery.inference.PackedFile;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ModelFolder;

/// What is to be exported, and how.
///
/// @param student    folder with the master weights of a student
/// @param prompt     the task's as the student gets it, chat template included, with the places for the texts
/// @param embeddings of GGUF files
/// @param results    what is known of the student so far, for the model card; may be null
public record ExportPlan(
        Path student, Architecture architecture, Experiment experiment, String prompt, Format format, Embeddings embeddings, Provenance provenance,
        Results results) {

    /// Name of the file with the weights.
    String fileName() {
        String name = experiment.name().replaceAll("[^A-Za-z0-9._-]+", "-");
        if (format.isGguf()) {
            return name + "-" + format.name().toLowerCase(Locale.ROOT) + ".gguf";
        }
        return format == Format.PACKED ? name + PackedFile.EXTENSION : ModelFolder.WEIGHTS;
    }
}
