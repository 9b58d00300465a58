package org.bitdistillery.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.event.DataReport;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.PreflightCheck;
import org.bitdistillery.export.ExportOptions;
import org.bitdistillery.export.ExportProgress;
import org.bitdistillery.run.Worker;

/// What the commands do their work with.
///
/// @param job   the pipeline
/// @param check what is wrong with an experiment besides its configuration: files that are missing, for example
/// @param inspector tells what should be known before a run
public record Services(
        Worker.Job job, Function<Experiment, List<ConfigProblem>> check, Exporter exporter, Painter painter, Inspector inspector) {

    /// Draws runs into PNG files, as [org.bitdistillery.ui.pictures.RunPictures] does.
    @FunctionalInterface
    public interface Painter {

        /// @return the files
        List<Path> draw(List<Path> runs, Path to);
    }

    /// Looks at data, files and machine before a run, as [org.bitdistillery.pipeline.Pipeline] does.
    public interface Inspector {

        DataReport data(Experiment experiment);

        /// @param runs folder in which the run's folder will be
        List<PreflightCheck> preflight(Experiment experiment, Path runs);

        /// Makes real training steps.
        PreflightCheck timeNeeded(Experiment experiment);
    }

    /// Exports the student of a run, as [org.bitdistillery.pipeline.ExportJob] does.
    @FunctionalInterface
    public interface Exporter {

        /// @param progress hears how far it is
        ExportSummary export(Path run, ExportOptions options, Path target, ExportProgress progress);
    }
}
