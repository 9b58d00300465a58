package org.bitdistillery.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.config.ConfigException;
import org.bitdistillery.config.ConfigProblem;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.TeacherStage;
import org.bitdistillery.hub.HubCache;

/// Models that an experiment names as `org/name` become the folders in which they lie.
final class NamedModels {

    private NamedModels() {}

    /// @throws ConfigException where a model is not on this machine
    static Experiment resolve(Experiment experiment, HubCache cache) {
        List<String> found = new ArrayList<>();
        List<ConfigProblem> problems = new ArrayList<>();
        if (experiment.teacher().source() == TeacherStage.Source.FOLDER) {
            resolve("teacher.path", experiment.teacher().path(), cache, found, problems);
        }
        if (experiment.distill().enabled() && !experiment.distill().teacher().isBlank()) {
            resolve("distill.teacher", experiment.distill().teacher(), cache, found, problems);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException("", problems);
        }
        return found.isEmpty() ? experiment : ExperimentFile.withOverrides(experiment, found);
    }

    private static void resolve(String field, String text, HubCache cache, List<String> found, List<ConfigProblem> problems) {
        try {
            Path folder = cache.folder(text);
            if (!folder.equals(Path.of(text))) {
                found.add(field + "=" + folder);
            }
        } catch (InvalidInput e) {
            problems.add(new ConfigProblem(field, e.getMessage()));
        }
    }
}
