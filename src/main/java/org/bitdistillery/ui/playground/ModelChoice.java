package org.bitdistillery.ui.playground;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitdistillery.bench.NamedModel;
import org.bitdistillery.hub.LibraryModel;
import org.bitdistillery.run.ModelTargets;

/// A model that can be asked.
///
/// @param name   as the window shows it
/// @param path   as the command `generate` takes it
/// @param detail where it comes from
public record ModelChoice(String name, String path, String detail) {

    public static ModelChoice of(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        return new ModelChoice(String.valueOf(absolute.getFileName()), absolute.toString(), String.valueOf(absolute.getParent()));
    }

    /// @param model one whose files lie in a folder
    public static ModelChoice of(LibraryModel model) {
        return new ModelChoice(model.name(), model.folder(), model.origin().text());
    }

    /// What there is to choose from: first what the shown run made, then the library.
    public static List<ModelChoice> among(Optional<Path> run, List<LibraryModel> library) {
        List<ModelChoice> choices = new ArrayList<>();
        run.ifPresent(folder -> choices.addAll(ofRun(folder)));
        for (LibraryModel model : library) {
            if (!model.folder().isEmpty() && choices.stream().noneMatch(choice -> choice.path().equals(model.folder()))) {
                choices.add(of(model));
            }
        }
        return choices;
    }

    /// What the shown run has made so far.
    static List<ModelChoice> ofRun(Path folder) {
        List<ModelChoice> choices = new ArrayList<>();
        for (NamedModel model : ModelTargets.ofRun(folder)) {
            if (Files.exists(model.path())) {
                choices.add(new ModelChoice(model.name(), model.path().toAbsolutePath().toString(), "Run " + folder.getFileName()));
            }
        }
        return choices;
    }
}
