package org.bitdistillery.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Real model folders for tests: the starter teacher under other names.
public final class SmallModels {

    static final String COMMIT = "c1899de289a04d12100db370d81485cdf75e47ca";
    static final List<String> FILES = List.of("config.json", "model.safetensors", "tokenizer.json");

    private SmallModels() {}

    public static byte[] content(String file) {
        try (InputStream in = SmallModels.class.getResourceAsStream("/starter-teacher/" + file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String file : FILES) {
            Files.write(folder.resolve(file), content(file));
        }
        return folder;
    }

    /// A model in a cache as Hugging Face's tools leave it: blobs, and links to them.
    public static Path cache(Path cache, String id, String commit, String... refs) throws IOException {
        Path model = cache.resolve("models--" + id.replace("/", "--"));
        Path snapshot = Files.createDirectories(model.resolve("snapshots").resolve(commit));
        Files.createDirectories(model.resolve("blobs"));
        for (String file : FILES) {
            Path blob = model.resolve("blobs").resolve(Integer.toHexString(file.hashCode()));
            Files.write(blob, content(file));
            Files.createSymbolicLink(snapshot.resolve(file), Path.of("..", "..", "blobs", blob.getFileName().toString()));
        }
        for (String ref : refs) {
            Path file = model.resolve("refs").resolve(ref);
            Files.createDirectories(file.getParent());
            Files.writeString(file, commit);
        }
        return snapshot;
    }
}
