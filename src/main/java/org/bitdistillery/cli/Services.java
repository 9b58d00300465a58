package org.bitdistillery.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExportStage;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.run.Worker;

/// What the commands do their work with.
///
/// @param job   the pipeline
/// @param check what is wrong with an experiment besides its configuration: files that are missing, for example
public record Services(Worker.Job job, Function<Experiment, List<ConfigProblem>> check, Exporter exporter, Painter painter) {

    /// Draws runs into PNG files, as [org.bitdistillery.ui.pictures.RunPictures] does.
    @FunctionalInterface
    public interface Painter {

        /// @return the files
        List<Path> draw(List<Path> runs, Path to);
    }

    /// Exports the student of a run, as [org.bitdistillery.pipeline.ExportJob] does.
    @FunctionalInterface
    public interface Exporter {

        /// @param progress hears the fraction done, 0..1
        ExportSummary export(Path run, ExportStage.Format format, Path target, DoubleConsumer progress);
    }
}
