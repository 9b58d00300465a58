package org.bitdistillery.llamacpp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.bitdistillery.config.InvalidInput;

/// Where a program that runs GGUF files can be found: one that the user names, or the llama.cpp that comes along in `de.kherud:llama`.
///
/// @param file a shared library that exports llama.cpp's C API
/// @param name as shown beside its results
public record LlamaLibrary(Path file, String name) {

    /// Programs with the C API of llama.cpp.
    public enum Program {
        LLAMA_CPP("llama.cpp", "BITDISTILLERY_LLAMA_LIBRARY"),
        /// A fork of llama.cpp that has the type I2_S.
        BITNET_CPP("bitnet.cpp", "BITDISTILLERY_BITNET_LIBRARY");

        private final String title;
        private final String variable;

        Program(String title, String variable) {
            this.title = title;
            this.variable = variable;
        }

        public String title() {
            return title;
        }

        /// Environment variable that names a library of it.
        public String variable() {
            return variable;
        }
    }

    static final String BUNDLED_NAME = "llama.cpp b4916";
    private static final String BUNDLED_FOLDER = "/de/kherud/llama/";

    /// The library of the environment variable, or else the one that comes along; nothing where there is none for this machine.
    ///
    /// @throws InvalidInput where the variable names no library, or the one that comes along cannot be unpacked
    public static Optional<LlamaLibrary> find(Program program) {
        String named = System.getenv(program.variable);
        if (named != null && !named.isBlank()) {
            return Optional.of(at(program, Path.of(named)));
        }
        return program == Program.LLAMA_CPP ? bundled() : Optional.empty();
    }

    /// @param file a shared library, or a jar that holds one for this machine, as Java bindings have it
    /// @throws InvalidInput where there is no such file, or no library in the jar
    public static LlamaLibrary at(Program program, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput(file + " does not exist: name the libllama shared library of " + program.title + ".");
        }
        Path library = file.toString().endsWith(".jar") ? extracted(file) : file.toAbsolutePath();
        return new LlamaLibrary(library, program.title + " (" + file.getFileName() + ")");
    }

    /// Whether it is the one that comes along, which does not know models that are newer than it.
    public boolean isBundled() {
        return name.equals(BUNDLED_NAME);
    }

    private static Path extracted(Path jar) {
        String pattern = "(?i).*" + folder(System.getProperty("os.name"), System.getProperty("os.arch")) + "/[^/]*\\.(so|dylib|dll)";
        try (JarFile content = new JarFile(jar.toFile())) {
            JarEntry entry = content.stream().filter(one -> one.getName().matches(pattern)).findFirst().orElseThrow(() -> new InvalidInput(
                    jar.getFileName() + " has no library for this machine: name another jar, a libllama, or llama-bench."));
            try (InputStream library = content.getInputStream(entry)) {
                return unpacked(library, entry.getName());
            }
        } catch (IOException e) {
            throw new InvalidInput(jar + " cannot be read as a jar (" + e.getMessage() + "): name another one, a libllama, or llama-bench.", e);
        }
    }

    private static Optional<LlamaLibrary> bundled() {
        String resource = resource(System.getProperty("os.name"), System.getProperty("os.arch"));
        try (InputStream library = LlamaLibrary.class.getResourceAsStream(resource)) {
            if (library == null) {
                return Optional.empty();
            }
            return Optional.of(new LlamaLibrary(unpacked(library, resource), BUNDLED_NAME));
        } catch (IOException e) {
            throw new InvalidInput("The llama.cpp that comes along cannot be unpacked into the folder for temporary files ("
                    + e.getMessage() + "): free some space there, or name another library in "
                    + Program.LLAMA_CPP.variable + ".", e);
        }
    }

    /// A copy in a temporary folder, which are both removed when the program ends.
    private static Path unpacked(InputStream library, String path) throws IOException {
        Path folder = Files.createTempDirectory("bitdistillery-llama");
        Path file = folder.resolve(path.substring(path.lastIndexOf('/') + 1));
        Files.copy(library, file);
        // Deletions on exit go backwards: the file, then its folder.
        folder.toFile().deleteOnExit();
        file.toFile().deleteOnExit();
        return file;
    }

    /// Path of the library inside the package that comes along.
    static String resource(String system, String architecture) {
        String folder = BUNDLED_FOLDER + folder(system, architecture);
        return folder + (folder.contains("Windows") ? "/jllama.dll" : folder.contains("Mac") ? "/libjllama.dylib" : "/libjllama.so");
    }

    private static String folder(String system, String architecture) {
        String os = system.toLowerCase(Locale.ROOT);
        String machine = architecture.equals("amd64") ? "x86_64" : architecture;
        return (os.contains("windows") ? "Windows/" : os.contains("mac") ? "Mac/" : "Linux/") + machine;
    }
}
