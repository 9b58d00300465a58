package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.data.Example;
import org.bitdistillery.event.Losses;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.FamilyModels;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Subln;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompactTeacherTest {

    private static final List<Batch> BATCH = List.of(Batch.of(List.of(
            new Example(new int[] {1, 4, 9, 7, 6, 5}, new int[] {3}, 0), new Example(new int[] {1, 8, 2, 30}, new int[] {5, 7}, 0))));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(value = FamilyModels.class, names = {"QWEN2", "QWEN3_UNTIED", "GEMMA3"})
    void aTeacherInBfloat16TeachesTheSameFromAFileInBfloat16AndNearlyTheSameFromOthers(FamilyModels family) {
        try (Decoder model = family.decoder(SubLnPlacement.OFF, LinearMode.FULL)) {
            ModelFolder.save(model, folder.resolve("bf16"), DType.BF16);
            ModelFolder.save(model, folder.resolve("f32"), DType.F32);
        }
        assertThat(losses(folder.resolve("bf16"), true)).isEqualTo(losses(folder.resolve("bf16"), false));
        Losses exact = losses(folder.resolve("f32"), false);
        Losses rounded = losses(folder.resolve("f32"), true);
        assertThat(rounded.logits()).isNotEqualTo(exact.logits()).isCloseTo(exact.logits(), within(0.05 * exact.logits()));
    }

    /// Shared where they are frozen and equal, and then the very same array.
    @ParameterizedTest
    @EnumSource(value = FamilyModels.class, names = {"QWEN3", "QWEN3_UNTIED"})
    void embeddingsAreSharedWhereTheStudentKeepsThem(FamilyModels family) {
        try (Decoder base = family.decoder(SubLnPlacement.OFF, LinearMode.FULL); Decoder student = Subln.student(base, SubLnPlacement.PAPER)) {
            ModelFolder.save(base, folder.resolve("base"), DType.F32);
            try (Decoder teacher = ModelFolder.teacher(folder.resolve("base"), true)) {
                assertThat(teacher.shareEmbeddings(student)).isFalse();
                student.freezeEmbeddings();
                assertThat(teacher.shareEmbeddings(student)).isTrue();
                assertThat(teacher.parameters().get(ParameterSpec.EMBEDDING)).isSameAs(student.parameters().get(ParameterSpec.EMBEDDING));
            }
            assertThat(student.floats(ParameterSpec.EMBEDDING)).isEqualTo(base.floats(ParameterSpec.EMBEDDING));
            student.parameters().get(ParameterSpec.EMBEDDING).addi(1);
            try (Decoder teacher = ModelFolder.teacher(folder.resolve("base"), true)) {
                teacher.shareEmbeddings(student);
                assertThat(teacher.floats(ParameterSpec.EMBEDDING)).isEqualTo(base.floats(ParameterSpec.EMBEDDING));
            }
        }
    }

    private static Losses losses(Path teacherFolder, boolean compact) {
        try (Decoder base = ModelFolder.load(teacherFolder, LinearMode.FULL);
                Decoder teacher = ModelFolder.teacher(teacherFolder, compact);
                Decoder student = Subln.student(base, SubLnPlacement.PAPER);
                Distillation objective = new Distillation(settings(), teacher, 3);
                AdamW optimizer = new AdamW(student, 0, 0)) {
            return new OptimizerStep(student, objective, optimizer).apply(BATCH, 0).losses();
        }
    }

    private static DistillStage settings() {
        DistillStage usual = DistillStage.DEFAULTS;
        return new DistillStage(
                true, 1, "", 10, 5, true, usual.logitsTokens(), usual.logitsTarget(), 0, 10, usual.relationForm(), 4, "1", true, true, true,
                false, usual.optimization());
    }
}
