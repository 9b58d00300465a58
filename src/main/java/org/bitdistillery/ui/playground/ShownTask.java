package org.bitdistillery.ui.playground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.Task;

/// The task of the experiment that the window shows, as a file for the command `classify`. The same task is the same file, so that
/// the models stay loaded until it changes.
final class ShownTask {

    private final Supplier<Experiment> experiment;
    private Path file;
    private String written = "";

    ShownTask(Supplier<Experiment> experiment) {
        this.experiment = experiment;
    }

    boolean isClassification() {
        return experiment.get().task().kind() == Task.Kind.CLASSIFICATION;
    }

    boolean isOfPairs() {
        return !experiment.get().task().pairColumns().isEmpty();
    }

    /// @throws InvalidInput where the file cannot be written
    Path file() {
        String json = ExperimentFile.toJson(experiment.get());
        try {
            if (file == null || !json.equals(written)) {
                file = Files.createTempFile("bitdistillery", ".json");
                file.toFile().deleteOnExit();
                Files.writeString(file, json);
                written = json;
            }
            return file;
        } catch (IOException e) {
            throw new InvalidInput("The task cannot be written to a temporary file (" + e.getMessage() + "). Free some space.", e);
        }
    }
}
