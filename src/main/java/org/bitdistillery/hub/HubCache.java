package org.bitdistillery.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;

/// The cache that Hugging Face's tools share, read in place: `models--org--name/{refs,blobs,snapshots}`.
///
/// A file `refs/main` holds a commit, `snapshots/<commit>` the files of that commit as links into `blobs`.
public record HubCache(Path folder) {

    static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final int DEEPEST_REF = 8;
    private static final int LONGEST_REF = 100;

    /// One revision of a model as it lies in the cache.
    ///
    /// @param refs branches and tags that point at it
    public record Snapshot(String id, List<String> refs, String commit, Path folder) {}

    /// All snapshots of all models, by name. A cache that does not exist is empty.
    public List<Snapshot> snapshots() {
        List<Snapshot> found = new ArrayList<>();
        for (Path model : children(folder)) {
            ModelName.idOfFolder(model.getFileName().toString()).ifPresent(id -> found.addAll(snapshots(id, model)));
        }
        return found;
    }

    /// The cache of the user who runs this program.
    public static HubCache ofUser() {
        return new HubCache(HubPlaces.ofUser("").cache());
    }

    /// The folder that a text of the user means: a folder as it is, else a model of this cache by its name.
    ///
    /// @throws InvalidInput where it is the name of a model that the cache does not have
    public Path folder(String nameOrFolder) {
        Path path = Path.of(nameOrFolder);
        return Files.exists(path) || !ModelName.looksLikeName(nameOrFolder) ? path : resolve(ModelName.parse(nameOrFolder));
    }

    /// Where a model's files lie.
    ///
    /// @throws InvalidInput where the cache has no such model or revision
    public Path resolve(ModelName name) {
        return find(name).orElseThrow(() -> new InvalidInput("There is no model " + name
                + " on this machine: run bitdistillery models download " + name + " to get it, or name a folder."));
    }

    Optional<Path> find(ModelName name) {
        Path model = folder.resolve(name.folder());
        Map<String, String> refs = refs(model);
        List<Path> snapshots = children(model.resolve("snapshots"));
        String commit = refs.getOrDefault(name.revision(), name.revision());
        boolean shortened = commit.matches("[0-9a-f]{8,39}");
        Optional<Path> exact = snapshots.stream().filter(snapshot -> {
            String found = snapshot.getFileName().toString();
            return found.equals(commit) || shortened && found.startsWith(commit);
        }).findFirst();
        boolean unnamed = name.revision().equals(ModelName.MAIN) && refs.isEmpty() && snapshots.size() == 1;
        return exact.or(() -> unnamed ? Optional.of(snapshots.getFirst()) : Optional.empty());
    }

    private static List<Snapshot> snapshots(String id, Path model) {
        Map<String, List<String>> refsOfCommit = new HashMap<>();
        refs(model).forEach((ref, commit) -> refsOfCommit.computeIfAbsent(commit, _ -> new ArrayList<>()).add(ref));
        return children(model.resolve("snapshots")).stream()
                .filter(snapshot -> COMMIT.matcher(snapshot.getFileName().toString()).matches())
                .map(snapshot -> {
                    String commit = snapshot.getFileName().toString();
                    return new Snapshot(id, refsOfCommit.getOrDefault(commit, List.of()), commit, snapshot);
                })
                .toList();
    }

    /// Commit by branch or tag; names of refs may have slashes.
    private static Map<String, String> refs(Path model) {
        Path root = model.resolve("refs");
        Map<String, String> refs = new TreeMap<>();
        if (!Files.isDirectory(root)) {
            return refs;
        }
        try (Stream<Path> files = Files.walk(root, DEEPEST_REF)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String commit = Files.size(file) > LONGEST_REF ? "" : Files.readString(file).strip();
                if (COMMIT.matcher(commit).matches()) {
                    refs.put(root.relativize(file).toString().replace('\\', '/'), commit);
                }
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            // A ref that cannot be read names nothing; the snapshots are still there by their commits.
        }
        return refs;
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> content = Files.list(folder)) {
            return content.filter(Files::isDirectory).sorted().toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }
}
