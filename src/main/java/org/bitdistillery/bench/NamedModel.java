package org.bitdistillery.bench;

import java.nio.file.Path;

/// A model under the name that results give it, for example `fp16` or `student`.
///
/// @param path     a folder in Hugging Face layout, a packed file or a GGUF file
/// @param deployed whether a deploy engine runs it, as llama.cpp does GGUF files, instead of our engine
public record NamedModel(String name, Path path, boolean deployed) {

    public static final String GGUF = ".gguf";

    /// A GGUF file in llama.cpp, everything else in our engine.
    public NamedModel(String name, Path path) {
        this(name, path, path.toString().endsWith(GGUF));
    }

    public boolean isGguf() {
        return path.toString().endsWith(GGUF);
    }

    /// The same file, run by our engine.
    public NamedModel inOwnEngine() {
        return new NamedModel(name, path, false);
    }
}
