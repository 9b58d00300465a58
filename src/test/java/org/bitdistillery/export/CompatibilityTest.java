package org.bitdistillery.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.bitdistillery.TinyExperiment;
import org.bitdistillery.config.ExportStage.Embeddings;
import org.bitdistillery.config.ExportStage.Format;
import org.bitdistillery.config.ExportStage.Runtime;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.event.FormatAnswer;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Family;
import org.bitdistillery.pipeline.Pipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {

    @TempDir
    private Path folder;

    /// From the graphs of the programs, as docs/export.md has them.
    @ParameterizedTest
    @CsvSource({
        "LLAMA,OFF,yes,yes,yes", "LLAMA,PAPER,yes,yes,yes", "LLAMA,ALL,no,no,yes", "QWEN2,OFF,yes,yes,yes", "QWEN2,PAPER,no,no,no",
        "QWEN2,ALL,no,no,yes", "QWEN3,OFF,yes,yes,yes", "QWEN3,PAPER,no,yes,no", "QWEN3,ALL,no,yes,yes", "GEMMA3,PAPER,no,yes,no",
        "GEMMA3,ALL,no,yes,yes", "BITNET,OFF,no,no,no", "BITNET,PAPER,no,yes,yes", "BITNET,ALL,no,no,no"})
    void tableSaysWhatTheGraphsCanExpress(Family family, SubLnPlacement subLn, String llama, String bitnet, String transformers) {
        Architecture student = Students.shape(family, subLn, 512);

        assertThat(Compatibility.of(student, Runtime.LLAMA_CPP).runs()).isEqualTo(llama.equals("yes"));
        assertThat(Compatibility.of(student, Runtime.BITNET_CPP).runs()).isEqualTo(bitnet.equals("yes"));
        assertThat(Compatibility.of(student, Runtime.TRANSFORMERS).runs()).isEqualTo(transformers.equals("yes"));
        assertThat(Compatibility.table()).hasSize(45).allSatisfy(row ->
                assertThat(row.answer().instead().isEmpty()).as("a remedy with every refusal").isEqualTo(row.answer().runs()));
    }

    @Test
    void sizesThatDoNotFitAreRefusedWithTheNumber() {
        Architecture narrow = Architecture.llama(512, 64, 5, 8, 4, 8, 172, 512, 1e-5, 10_000, true, SubLnPlacement.PAPER, 1, 2);
        Architecture untied = Architecture.llama(512, 256, 5, 4, 4, 64, 172, 512, 1e-5, 10_000, false, SubLnPlacement.PAPER, 1, 2);
        Architecture wide = Architecture.llama(512, 256, 5, 4, 4, 96, 172, 512, 1e-5, 10_000, true, SubLnPlacement.PAPER, 1, 2);

        assertThat(Compatibility.of(narrow, Runtime.LLAMA_CPP).reason()).contains("multiples of 256", "rows of 64");
        assertThat(Compatibility.of(untied, Runtime.LLAMA_CPP).reason()).contains("has its own");
        assertThat(Compatibility.of(wide, Runtime.LLAMA_CPP).reason()).contains("384 and 256");
        assertThat(Compatibility.formats(narrow)).filteredOn(FormatAnswer::possible).extracting(FormatAnswer::format)
                .contains("huggingface", "bf16", "packed").doesNotContain("tq2_0", "i2_s");
    }

    @Test
    void whatCannotBeExpressedIsNotWritten() throws IOException {
        Path student = Students.write(folder.resolve("student"), Students.shape(Family.QWEN3, SubLnPlacement.ALL, 512), 1);

        assertThatThrownBy(() -> ExportFiles.write(Students.plan(student, Format.TQ2_0, Embeddings.F16), folder, (_, _) -> {}))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("The student cannot be exported as tq2_0: llama.cpp has no norm in front of every projection. Instead, export to i2_s"
                        + " for bitnet.cpp, or set subln.placement to off.");
        assertThat(folder.toFile().list()).containsExactly("student");
    }

    @Test
    void aGoalThatCannotBeReachedIsToldBeforeTraining() {
        assertThat(Pipeline.check(TinyExperiment.with("export.runsOn=llama_cpp"))).isEmpty();
        assertThat(Pipeline.check(TinyExperiment.with("export.runsOn=llama_cpp", "subln.placement=all"))).singleElement()
                .satisfies(problem -> assertThat(problem.toString())
                        .contains("export.runsOn", "no norm in front of every projection", "set subln.placement to paper"));
        assertThat(Pipeline.check(TinyExperiment.with("export.format=i2_s", "subln.placement=all"))).singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("export.format", "qwen3 and gemma3 only"));
    }
}
