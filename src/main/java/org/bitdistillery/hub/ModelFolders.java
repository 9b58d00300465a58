package org.bitdistillery.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/// Finds model folders below a folder.
final class ModelFolders {

    private static final int DEEPEST = 3;
    private static final int MOST_FOLDERS = 5000;

    private record Visit(Path folder, int depth) {}

    private ModelFolders() {}

    /// The folder itself where it is a model, else the models up to three levels below, by name. Hidden folders, links to
    /// folders, checkpoints, and the insides of models and of hub caches are not looked into.
    static List<Path> below(Path root) {
        List<Path> models = new ArrayList<>();
        Deque<Visit> open = new ArrayDeque<>(List.of(new Visit(root, 0)));
        for (int visited = 0; !open.isEmpty() && visited < MOST_FOLDERS; visited++) {
            Visit visit = open.pop();
            if (isModel(visit.folder())) {
                models.add(visit.folder());
            } else if (visit.depth() < DEEPEST) {
                children(visit.folder()).forEach(child -> open.add(new Visit(child, visit.depth() + 1)));
            }
        }
        return models.stream().sorted().toList();
    }

    /// A run's folder has a `config.json`, too: that of an experiment.
    private static boolean isModel(Path folder) {
        return WeightFiles.isThere(folder) || Files.isRegularFile(folder.resolve(ModelReader.CONFIG)) && namesFamily(folder);
    }

    private static boolean namesFamily(Path folder) {
        try {
            Path config = folder.resolve(ModelReader.CONFIG);
            return Files.size(config) < (4L << 20) && Files.readString(config).contains("\"model_type\"");
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> content = Files.list(folder)) {
            return content.filter(child -> Files.isDirectory(child, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                    .filter(child -> !child.getFileName().toString().startsWith("."))
                    .filter(child -> ModelName.idOfFolder(child.getFileName().toString()).isEmpty())
                    .filter(child -> !child.getFileName().toString().equals("checkpoints"))
                    .sorted().toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }
}
