package org.bitdistillery.cli;

import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import picocli.CommandLine.Option;

/// Settings given on the command line, laid over those of a configuration file.
final class ConfigOptions {

    @Option(
            names = "--set",
            paramLabel = "path.to.field=value",
            description = "Sets a field of the configuration; may be repeated. `bitdistillery fields` lists them all.")
    private List<String> assignments = List.of();

    boolean isEmpty() {
        return assignments.isEmpty();
    }

    /// @throws org.bitdistillery.config.InvalidInput where the file or an assignment is wrong
    Experiment read(Path file) {
        return ExperimentFile.withOverrides(ExperimentFile.read(file), assignments);
    }
}
