package org.bitdistillery.cli;

import java.util.List;
import java.util.function.Function;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.run.Worker;

/// What the commands do their work with.
///
/// @param job   the pipeline
/// @param check what is wrong with an experiment besides its configuration: files that are missing, for example
public record Services(Worker.Job job, Function<Experiment, List<ConfigProblem>> check) {}
