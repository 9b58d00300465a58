package org.bitdistillery.tensorfile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Kinds of files that run code when they are opened the usual way. They are told by their names and never opened.
public final class Pickle {

    private static final List<String> ENDINGS = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib");

    private Pickle() {}

    public static boolean is(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(lower::endsWith);
    }

    /// The first one of a folder that may hold weights, and why it is not read.
    public static Optional<String> refusal(Path folder) {
        try (Stream<Path> content = Files.list(folder)) {
            return content.map(file -> file.getFileName().toString()).filter(Pickle::is).filter(name -> !name.startsWith("training_args")).sorted()
                    .findFirst().map(name -> name + ", a pickle file, which could run any code when it is opened and is never read."
                            + " Look for a revision with " + SafetensorsFolder.SINGLE + ", or convert it.");
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
