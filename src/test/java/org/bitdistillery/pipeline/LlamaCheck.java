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
import org.bitdistillery.model.Family;

/// For developers: [ContinuationAgreement] with random students of every family in the GGUF types of llama.cpp.
/// Arguments: a folder to work in, continuations, tokens, families.
/// `BITDISTILLERY_LLAMA_LIBRARY` names the library.
public final class LlamaCheck {

    private static final String STARTER_TEXT = "resources/starter-teacher/tokenizer.json";

    private LlamaCheck() {}

    public static void main(String[] args) throws IOException {
        for (Family family : Arrays.stream(args).skip(3).map(Family::valueOf).toList()) {
            for (SubLnPlacement placement : new SubLnPlacement[] {SubLnPlacement.OFF, SubLnPlacement.PAPER}) {
                if (placement == SubLnPlacement.PAPER && family != Family.LLAMA) {
                    continue;
                }
                Path folder = Path.of(args[0]).resolve(family + "-" + placement);
                Path student = Students.write(folder.resolve("student"), Students.shape(family, placement, 512), 3);
                for (Format format : new Format[] {Format.TQ2_0, Format.TQ1_0}) {
                    Path target = Files.createDirectories(folder.resolve(format.name()));
                    try {
                        Path file = ExportFiles.write(Students.plan(student, format, Embeddings.F16), target, (_, _) -> {});
                        System.out.println(family + " " + placement + " " + format);
                        ContinuationAgreement.main(new String[] {student.toString(), file.toString(), STARTER_TEXT, args[1], args[2]});
                    } catch (InvalidInput e) {
                        System.out.println(family + " " + placement + " " + format + ": " + e.getMessage());
                    }
                }
            }
        }
    }
}
