package org.bitdistillery.export;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.ExportSummary;
import org.bitdistillery.event.ExportedFile;
import org.bitdistillery.event.ExportedTensor;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.platform.AtomicFiles;
import tools.jackson.databind.json.JsonMapper;

/// Writes the files of an export into an empty folder.
public final class ExportFiles {

    /// The per-tensor table.
    public static final String TENSORS = "tensors.json";
    public static final String CARD = "README.md";
    public static final String CONFIGURATION = "bitdistillery.json";

    private static final long SPARE_BYTES = 16L << 20;

    private ExportFiles() {}

    /// Writes weights, tokenizer, per-tensor table and configuration.
    ///
    /// @param progress hears the fraction written, 0..1; what it throws ends the writing
    /// @return the file with the weights
    /// @throws InvalidInput where the format cannot express the student, the disk has no room, or the student is damaged
    public static Path write(ExportPlan plan, Path target, ExportProgress progress) {
        Compatibility.require(plan.architecture(), plan.format());
        Path file = target.resolve(plan.fileName());
        String doing = "Writing " + plan.fileName();
        try (StudentWeights weights = new StudentWeights(plan.student())) {
            WeightFile written = switch (plan.format()) {
                case TQ1_0, TQ2_0, I2_S -> new GgufExport(plan, weights);
                case PACKED -> new PackedExport(plan, file);
                case HUGGINGFACE, BF16 -> new HuggingFaceExport(plan, weights);
            };
            List<ExportedTensor> tensors = written.tensors();
            long bytes = tensors.stream().mapToLong(ExportedTensor::bytes).sum();
            requireRoom(target, bytes);
            progress.at(doing, 0);
            written.write(file, done -> progress.at(doing, Math.min(1, (double) done / Math.max(1, bytes))));
            AtomicFiles.write(target.resolve(TENSORS), JsonMapper.shared().writeValueAsString(written.tensors()) + "\n");
        }
        AtomicFiles.write(target.resolve(CONFIGURATION), ExperimentFile.toJson(plan.experiment()));
        return file;
    }

    /// The weights of an export in one format.
    interface WeightFile {

        /// Every tensor, in the order of the file.
        List<ExportedTensor> tensors();

        /// Writes the weights and what else the format's folder needs.
        ///
        /// @param progress hears the bytes written so far
        void write(Path file, LongConsumer progress);
    }

    /// Whether a model's tokenizer can be written into a GGUF file.
    ///
    /// @throws InvalidInput where llama.cpp has none that does the same
    public static void checkTokenizer(Path folder, Architecture shape) {
        GgufTokenizer.keys(folder, shape.vocabularySize(), shape.bosTokenId(), shape.eosTokenId());
    }

    /// Writes the model card, when all is known that stands in it.
    public static void writeCard(ExportPlan plan, Path target, ExportSummary summary) {
        AtomicFiles.write(target.resolve(CARD), ModelCard.of(plan, summary));
    }

    /// A file's size and hash.
    public static ExportedFile hashed(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            DigestInputStream digesting = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"));
            digesting.transferTo(OutputStream.nullOutputStream());
            String hash = HexFormat.of().formatHex(digesting.getMessageDigest().digest());
            return new ExportedFile(file.getFileName().toString(), Files.size(file), hash);
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read again (" + e.getMessage() + "): check the disk.", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    /// All files of a folder together, in bytes.
    public static long bytes(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new InvalidInput(folder + " cannot be read (" + e.getMessage() + "): check its permissions.", e);
        }
    }

    private static void requireRoom(Path folder, long bytes) {
        long room;
        try {
            room = Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            // A file system that does not tell will say so when it is full.
            return;
        }
        if (room < bytes + SPARE_BYTES) {
            throw new InvalidInput(String.format(Locale.ROOT,
                    "The export needs %,d MB and %s has %,d MB left: free some space or choose another folder.",
                    bytes / 1_000_000 + 1, folder.toAbsolutePath().getParent(), room / 1_000_000));
        }
    }
}
