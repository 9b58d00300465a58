package org.bitdistillery;

import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.cli.Services;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.event.DataReport;
import org.bitdistillery.event.PreflightCheck;
import org.bitdistillery.pipeline.Pipeline;

/// The command line's eyes: the pipeline's own.
final class PipelineInspector implements Services.Inspector {

    @Override
    public DataReport data(Experiment experiment) {
        return Pipeline.inspect(experiment);
    }

    @Override
    public List<PreflightCheck> preflight(Experiment experiment, Path runs) {
        return Pipeline.preflight(experiment, runs);
    }

    @Override
    public PreflightCheck timeNeeded(Experiment experiment) {
        return Pipeline.timeNeeded(experiment);
    }
}
