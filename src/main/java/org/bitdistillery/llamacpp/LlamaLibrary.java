package org.bitdistillery.llamacpp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;

/// Where a llama.cpp to call can be found: one that the user names, or the one that comes along in `de.kherud:llama`.
///
/// @param file a shared library that exports llama.cpp's C API
/// @param name as shown beside its results
public record LlamaLibrary(Path file, String name) {

    /// Environment variable that names another library, for example a newer `libllama.so`.
    public static final String VARIABLE = "BITDISTILLERY_LLAMA_LIBRARY";

    static final String BUNDLED_NAME = "llama.cpp b4916";
    private static final String BUNDLED_FOLDER = "/de/kherud/llama/";

    /// The library of the environment variable, or else the one that comes along; nothing where there is none for this machine.
    ///
    /// @throws InvalidInput where the variable names no file, or the library cannot be unpacked
    public static Optional<LlamaLibrary> find() {
        String named = System.getenv(VARIABLE);
        return named == null || named.isBlank() ? bundled() : Optional.of(at(Path.of(named)));
    }

    /// @throws InvalidInput where there is no such file
    public static LlamaLibrary at(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput(file + ", which " + VARIABLE + " or --llama names, is no file: name a libllama shared library.");
        }
        return new LlamaLibrary(file.toAbsolutePath(), "llama.cpp at " + file.getFileName());
    }

    /// Whether it is the one that comes along, which does not know models that are newer than it.
    public boolean isBundled() {
        return name.equals(BUNDLED_NAME);
    }

    private static Optional<LlamaLibrary> bundled() {
        String resource = resource(System.getProperty("os.name"), System.getProperty("os.arch"));
        try (InputStream library = LlamaLibrary.class.getResourceAsStream(resource)) {
            if (library == null) {
                return Optional.empty();
            }
            Path folder = Files.createTempDirectory("bitdistillery-llama");
            Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
            Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
            // Deletions on exit go backwards: the file, then its folder.
            folder.toFile().deleteOnExit();
            file.toFile().deleteOnExit();
            return Optional.of(new LlamaLibrary(file, BUNDLED_NAME));
        } catch (IOException e) {
            throw new InvalidInput("The llama.cpp that comes along cannot be unpacked into the folder for temporary files ("
                    + e.getMessage() + "): free some space there, or name another library in " + VARIABLE + ".", e);
        }
    }

    /// Path of the library inside the package.
    static String resource(String system, String architecture) {
        String os = system.toLowerCase(Locale.ROOT);
        String machine = architecture.equals("amd64") ? "x86_64" : architecture;
        if (os.contains("windows")) {
            return BUNDLED_FOLDER + "Windows/" + machine + "/jllama.dll";
        }
        return os.contains("mac")
                ? BUNDLED_FOLDER + "Mac/" + machine + "/libjllama.dylib"
                : BUNDLED_FOLDER + "Linux/" + machine + "/libjllama.so";
    }
}
