package org.bitdistillery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.inference.PackedFile;
import org.bitdistillery.inference.PackedMetadata;
import org.bitdistillery.inference.PackedOptions;
import org.bitdistillery.inference.PackedWriter;
import org.bitdistillery.inference.WeightFormat;
import org.bitdistillery.platform.AtomicFiles;

/// A random-weight FP16 model and student of a published shape as packed files, in a temporary folder that is removed when this is closed, or at
/// the latest when the program ends.
public final class SyntheticModels implements AutoCloseable {

    private final Path folder;
    private final Thread removal = new Thread(this::remove);
    private final List<NamedModel> models = new ArrayList<>();

    private SyntheticModels(Path folder) {
        this.folder = folder;
    }

    /// @param place     where the temporary folder is made; it must exist
    /// @param progress  hears what is written
    /// @param cancelled asked often; true ends the writing
    /// @throws org.bitdistillery.config.InvalidInput where the disk has no room for both
    public static SyntheticModels write(
            SyntheticShape shape, Path place, Consumer<String> progress, BooleanSupplier cancelled) {
        SyntheticModel fp16 = SyntheticModel.fp16(shape.architecture());
        SyntheticModel student = SyntheticModel.student(shape.architecture());
        long bytes = fp16.bytes() + student.bytes();
        SyntheticModel.requireRoom(place, bytes + Math.max(fp16.bytes(), student.bytes()));
        SyntheticModels written = new SyntheticModels(make(place));
        Runtime.getRuntime().addShutdownHook(written.removal);
        try {
            progress.accept("Writing random weights of the shape " + shape.title() + ", " + Units.bytes(bytes));
            written.add("fp16", fp16, PackedOptions.DEFAULTS, cancelled);
            written.add("student", student, PackedOptions.student(WeightFormat.TERNARY_2BIT, WeightFormat.INT8), cancelled);
            return written;
        } catch (RuntimeException e) {
            written.close();
            throw e;
        }
    }

    private static Path make(Path place) {
        try {
            return Files.createTempDirectory(place, "bitdistillery-shape");
        } catch (IOException e) {
            throw AtomicFiles.unwritable(place, e);
        }
    }

    private void add(String name, SyntheticModel model, PackedOptions options, BooleanSupplier cancelled) {
        Path source = folder.resolve(name);
        Path packed = folder.resolve(name + PackedFile.EXTENSION);
        model.write(source, cancelled);
        PackedWriter.write(source, options, PackedMetadata.NONE, packed);
        AtomicFiles.deleteFolder(source);
        models.add(new NamedModel(name, packed));
    }

    /// FP16 first, then the student with 2-bit projections and an 8-bit embedding and head.
    public List<NamedModel> models() {
        return List.copyOf(models);
    }

    private void remove() {
        AtomicFiles.deleteFolder(folder);
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(removal);
        } catch (IllegalStateException e) {
            // The program is ending, and the hook finds nothing left to remove.
        }
    }
}
