package org.bitdistillery.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.llamacpp.LlamaLibrary;
import org.bitdistillery.llamacpp.LlamaLibrary.Program;

/// llama.cpp as the user has it, which is what an exported GGUF file will be run by: its `llama-bench`, its shared library, or
/// the jar of a Java binding that carries one (docs/decisions/0009).
final class InstalledLlama {

    static final String MISSING = "GGUF files are run by llama.cpp, which is neither on the path nor comes along here:"
            + " name its llama-bench, its library, or a Java binding's jar with --llama.";
    private static final String PROGRAM = "llama-bench";

    private InstalledLlama() {}

    /// @param given what the user named; without it a `llama-bench` on the path serves, or else the library that checks exports
    /// @return nothing where there is none
    /// @throws InvalidInput where the named file is missing or neither program, library nor jar
    static Optional<Engine> engine(Optional<Path> given) {
        if (given.isEmpty()) {
            Optional<Engine> program = onThePath().map(LlamaBench::new);
            return program.isPresent() ? program : LlamaLibrary.find(Program.LLAMA_CPP).map(LlamaEngine::new);
        }
        Path path = given.get();
        Path file = Files.isDirectory(path) ? path.resolve(executable()) : path;
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput(file + " does not exist. Name llama.cpp's llama-bench, its library, or a Java binding's jar.");
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.matches(".*\\.(jar|dll|dylib|so(\\.[\\d.]+)?)")) {
            return Optional.of(new LlamaEngine(LlamaLibrary.at(Program.LLAMA_CPP, file)));
        }
        if (!Files.isExecutable(file)) {
            throw new InvalidInput(file + " can be neither run nor loaded. Name llama.cpp's llama-bench, its library, or a Java binding's jar.");
        }
        return Optional.of(new LlamaBench(file));
    }

    private static Optional<Path> onThePath() {
        String path = System.getenv("PATH");
        return path == null ? Optional.empty() : Stream.of(path.split(File.pathSeparator)).filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, executable())).filter(Files::isExecutable).findFirst();
    }

    private static String executable() {
        return File.separatorChar == '\\' ? PROGRAM + ".exe" : PROGRAM;
    }

    /// What can be said of a GGUF file without reading it.
    static ModelMemory memory(Path gguf) {
        return new ModelMemory(gguf.toFile().length(), -1, gguf.toFile().length(), -1, java.util.Map.of());
    }
}
