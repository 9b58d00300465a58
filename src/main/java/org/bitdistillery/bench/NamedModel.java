package org.bitdistillery.bench;

import java.nio.file.Path;

/// A model under the name that results give it, for example `fp16` or `student`.
///
/// @param path a folder in Hugging Face layout or a packed file for our engine, or a GGUF file for a deploy engine
public record NamedModel(String name, Path path) {

    public boolean isGguf() {
        return path.getFileName() != null && path.getFileName().toString().endsWith(".gguf");
    }
}
