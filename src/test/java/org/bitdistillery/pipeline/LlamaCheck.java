package org.bitdistillery.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.export.ExportFiles;
import org.bitdistillery.export.Students;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Family;

/// For developers: [ContinuationAgreement] with random students of every family in every type of GGUF file that their program runs.
/// Arguments: a folder to work in, continuations, tokens, families.
/// `BITDISTILLERY_LLAMA_LIBRARY` and `BITDISTILLERY_BITNET_LIBRARY` name the libraries.
public final class LlamaCheck {

    private static final Path TEXT = Path.of("resources/starter-teacher/tokenizer.json");

    private LlamaCheck() {}

    public static void main(String[] args) throws IOException {
        for (Family family : Arrays.stream(args).skip(3).map(Family::valueOf).toList()) {
            for (SubLnPlacement placement : SubLnPlacement.values()) {
                for (Format format : new Format[] {Format.TQ2_0, Format.TQ1_0, Format.I2_S}) {
                    Path folder = Path.of(args[0]).resolve(family + "-" + placement + "-" + format);
                    System.out.println(family + " " + placement + " " + format);
                    try {
                        compare(Students.shape(family, placement, 512), format, folder, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
                    } catch (InvalidInput e) {
                        System.out.println("  " + e.getMessage());
                    }
                }
            }
        }
    }

    private static void compare(Architecture shape, Format format, Path folder, int continuations, int tokens) throws IOException {
        Path student = Students.write(folder.resolve("student"), shape, 3);
        Path target = Files.createDirectories(folder.resolve("export"));
        Path file = ExportFiles.write(Students.plan(student, format, Embeddings.F16), target, (_, _) -> {});
        ContinuationAgreement.compare(student, file, TEXT, continuations, tokens, ExportGate.program(format).orElseThrow());
    }
}
