package org.bitdistillery.data;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;

/// The files that a corpus names: themselves, those of a folder and all below it, or those that a pattern such as
/// `data/**/*.jsonl.zst` matches. In the order of the names, so that the same corpus is the same text everywhere.
public final class CorpusFiles {

    private static final Pattern TEXT =
            Pattern.compile(".*\\.(txt|text|md|csv|tsv|tab|json|jsonl|ndjson|parquet|pq)(\\.(gz|gzip|zst|zstd))?");
    private static final Pattern WILD = Pattern.compile("[*?\\[{]");

    private CorpusFiles() {}

    /// @throws InvalidInput where a name leads to no file
    public static List<Path> of(List<String> names) {
        Set<Path> files = new LinkedHashSet<>();
        names.forEach(name -> files.addAll(named(name)));
        return List.copyOf(files);
    }

    private static List<Path> named(String name) {
        if (WILD.matcher(name).find() && !exists(name)) {
            return matching(name);
        }
        Path path = path(name);
        if (!Files.isDirectory(path)) {
            return List.of(InputFiles.regular(path));
        }
        List<Path> files = below(path, file -> TEXT.matcher(file.getFileName().toString().toLowerCase(Locale.ROOT)).matches());
        if (files.isEmpty()) {
            throw new InvalidInput(path + " is a folder without text files (.txt, .jsonl, .parquet, .csv ... or these as .gz or .zst): "
                    + "name the files themselves.");
        }
        return files;
    }

    private static List<Path> matching(String pattern) {
        String fixed = WILD.split(pattern, 2)[0];
        int slash = Math.max(fixed.lastIndexOf('/'), fixed.lastIndexOf(java.io.File.separatorChar));
        Path root = slash < 0 ? Path.of("") : path(fixed.substring(0, slash + 1));
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern.substring(slash + 1).replace('\\', '/'));
        } catch (PatternSyntaxException e) {
            throw new InvalidInput("The pattern " + pattern + " is not understood (" + e.getDescription() + "): mend it.", e);
        }
        List<Path> files = Files.isDirectory(root) ? below(root, file -> matcher.matches(root.relativize(file))) : List.of();
        if (files.isEmpty()) {
            throw new InvalidInput("No file matches " + pattern
                    + ": check the pattern, which is relative to the folder that the program was started in.");
        }
        return files;
    }

    private static List<Path> below(Path folder, Predicate<Path> wanted) {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(Files::isRegularFile).filter(wanted).filter(file -> isVisible(folder.relativize(file))).sorted().forEach(files::add);
        } catch (IOException e) {
            throw InputFiles.unreadable(folder, e);
        } catch (java.io.UncheckedIOException e) {
            throw InputFiles.unreadable(folder, e.getCause());
        }
        return files;
    }

    private static boolean isVisible(Path file) {
        for (Path part : file) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        return true;
    }

    private static boolean exists(String name) {
        try {
            return Files.exists(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new InvalidInput("\"" + name + "\" is no path (" + e.getReason() + "): mend it.", e);
        }
    }
}
