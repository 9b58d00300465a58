package org.bitdistillery.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.hub.LibraryModel.Origin;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.platform.Machine;
import org.bitdistillery.platform.SettingsFile;

/// The models on this machine: the starter teacher, the Hugging Face cache, the folders that the user added, and what
/// runs handed over. Everything is read where it lies.
public final class ModelLibrary {

    private static final String STARTER = "/starter-teacher/";
    private static final List<String> STARTER_FILES = List.of("config.json", "model.safetensors", "tokenizer.json");
    private static final int SHORT_COMMIT = 8;
    private static final String STARTER_NAME = "starter teacher";

    private final SettingsFile settings;
    private final HubCache cache;
    private final Path runs;
    private final Function<Architecture, DistillNeed> training;
    private final long memoryBytes;

    /// @param runs     folder of the runs, which need not exist
    /// @param training what distilling a model of this shape takes
    public ModelLibrary(SettingsFile settings, HubCache cache, Path runs, Function<Architecture, DistillNeed> training) {
        this.settings = settings;
        this.cache = cache;
        this.runs = runs;
        this.training = training;
        memoryBytes = Machine.current().memoryBytes();
    }

    /// All models, usable or not: the starter teacher, the cache, added folders, results of runs.
    ///
    /// @throws InvalidInput where the user's settings cannot be read
    public List<LibraryModel> models() {
        List<LibraryModel> models = new ArrayList<>();
        models.add(starter());
        models.addAll(cached(cache, ""));
        for (String root : settings.read().modelFolders()) {
            models.addAll(below(Path.of(root)));
        }
        models.addAll(resultsOfRuns());
        Set<String> seen = new HashSet<>();
        return models.stream().filter(model -> seen.add(model.folder())).toList();
    }

    /// The model of this name or in this folder, also where the library does not list the folder.
    ///
    /// @throws InvalidInput where there is none
    public LibraryModel find(String nameOrFolder) {
        String text = nameOrFolder.strip();
        return models().stream()
                .filter(model -> model.name().equals(text) || model.folder().equals(text) || model.revision().equals(text))
                .findFirst()
                .orElseGet(() -> {
                    Path folder = path(text);
                    if (Files.isDirectory(folder)) {
                        return model(folder.toString(), Origin.FOLDER, folder, "", "");
                    }
                    throw new InvalidInput("There is no model " + text + " on this machine. List them with: bitdistillery models; or get one"
                            + " with: bitdistillery models download org/name");
                });
    }

    /// Lets the library look into a folder from now on.
    ///
    /// @return what was found there
    /// @throws InvalidInput where it is no folder, or holds no model
    public List<LibraryModel> add(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        if (!Files.isDirectory(absolute)) {
            throw new InvalidInput(folder + (Files.exists(absolute) ? " is a file" : " does not exist")
                    + ". Name the folder of a model, or one that holds such folders.");
        }
        List<LibraryModel> found = below(absolute);
        if (found.stream().allMatch(model -> model.facts().family() == null && model.facts().parameters() == null)) {
            throw new InvalidInput(folder + " holds no model: there is no config.json in it or up to three levels below. Name the folder of a"
                    + " model in Hugging Face layout, or one that holds such folders.");
        }
        settings.change(current -> current.withModelFolder(absolute.toString()));
        return found;
    }

    /// Lets the library forget a folder that was added. Its files stay.
    ///
    /// @throws InvalidInput where it was not added
    public void remove(String folder) {
        String absolute = path(folder).toAbsolutePath().normalize().toString();
        if (!settings.read().modelFolders().contains(absolute)) {
            throw new InvalidInput(folder + " was not added to the library. Added are: "
                    + (settings.read().modelFolders().isEmpty() ? "none" : String.join(", ", settings.read().modelFolders())) + ".");
        }
        settings.change(current -> current.withoutModelFolder(absolute));
    }

    private List<LibraryModel> below(Path root) {
        if (!Files.isDirectory(root)) {
            return List.of(new LibraryModel(String.valueOf(root.getFileName()), Origin.FOLDER, root.toString(), root.toString(), "",
                    ModelFacts.nothing("The folder is not there any more. Bring it back, or remove it from the library."), null));
        }
        List<LibraryModel> models = new ArrayList<>(cached(new HubCache(root), root.toString()));
        for (Path folder : ModelFolders.below(root)) {
            String name = folder.equals(root) ? String.valueOf(root.getFileName())
                    : root.getFileName() + "/" + root.relativize(folder).toString().replace('\\', '/');
            models.add(model(name, isOfRun(folder) ? Origin.RUN : Origin.FOLDER, folder, root.toString(), ""));
        }
        if (models.isEmpty()) {
            models.add(new LibraryModel(String.valueOf(root.getFileName()), Origin.FOLDER, root.toString(), root.toString(), "",
                    ModelFacts.nothing("No model is left in this folder. Put one there, or remove it from the library."), null));
        }
        return models;
    }

    private List<LibraryModel> cached(HubCache models, String root) {
        return models.snapshots().stream().map(snapshot -> {
            boolean isMain = snapshot.refs().contains(ModelName.MAIN);
            String other = snapshot.refs().isEmpty() ? snapshot.commit().substring(0, SHORT_COMMIT) : snapshot.refs().getFirst();
            String name = isMain ? snapshot.id() : snapshot.id() + "@" + other;
            return model(name, root.isEmpty() ? Origin.CACHE : Origin.FOLDER, snapshot.folder(), root, snapshot.commit());
        }).toList();
    }

    private List<LibraryModel> resultsOfRuns() {
        Path root = runs.toAbsolutePath();
        return ModelFolders.below(root).stream().filter(ModelLibrary::isOfRun)
                .map(folder -> model(root.relativize(folder).toString().replace('\\', '/'), Origin.RUN, folder, "", ""))
                .toList();
    }

    /// `RUN/models/NAME` and `RUN/export/FORMAT`.
    private static boolean isOfRun(Path folder) {
        Path run = folder.getParent() == null ? null : folder.getParent().getParent();
        return run != null && Files.exists(run.resolve("events.jsonl"));
    }

    private LibraryModel model(String name, Origin origin, Path folder, String root, String revision) {
        ModelFacts facts = ModelReader.read(folder);
        return new LibraryModel(name, origin, folder.toString(), root, revision, facts, fit(facts, folder));
    }

    private MemoryFit fit(ModelFacts facts, Path folder) {
        return MemoryFit.of(facts, facts.canTeach() ? training.apply(ConfigJson.read(folder)) : DistillNeed.UNKNOWN, memoryBytes);
    }

    /// The starter teacher lies in the program; it is unpacked for as long as its headers are read.
    private LibraryModel starter() {
        try {
            Path folder = Files.createTempDirectory("bitdistillery");
            for (String file : STARTER_FILES) {
                try (InputStream in = ModelLibrary.class.getResourceAsStream(STARTER + file)) {
                    Files.copy(in, folder.resolve(file));
                }
            }
            ModelFacts facts = ModelReader.read(folder);
            MemoryFit fit = fit(facts, folder);
            AtomicFiles.deleteFolder(folder);
            return new LibraryModel(STARTER_NAME, Origin.STARTER, "", "", "", facts, fit);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (java.nio.file.InvalidPathException e) {
            throw new InvalidInput("\"" + text + "\" is no path of a folder.", e);
        }
    }
}
