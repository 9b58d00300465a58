package org.bitdistillery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.inference.CausalModel;
import org.bitdistillery.inference.PackedMetadata;
import org.bitdistillery.inference.PackedOptions;
import org.bitdistillery.inference.PackedWriter;
import org.bitdistillery.inference.WeightFormat;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Attention;
import org.bitdistillery.model.Family;
import org.bitdistillery.model.Rope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticModelTest {

    private static final Architecture TINY = new Architecture(Family.QWEN3, 96, 32, 2, 4, 2, 16, 48, 128, 1e-6,
            Attention.full(16, Rope.of(1e6)), true, SubLnPlacement.OFF, 1, 2);

    @TempDir
    Path folder;

    /// Parameters of the published checkpoints: 596,049,920, 1,720,574,976 and 4,022,468,096 (their safetensors at two bytes each).
    @Test
    void shapesAreThoseOfThePublishedModels() {
        assertThat(SyntheticModel.fp16(SyntheticShape.named("qwen3-0.6b").architecture()).bytes()).isEqualTo(2 * 596_049_920L);
        assertThat(SyntheticModel.fp16(SyntheticShape.named("qwen3-1.7b").architecture()).bytes()).isEqualTo(2 * 1_720_574_976L);
        assertThat(SyntheticModel.fp16(SyntheticShape.named("qwen3-4B").architecture()).bytes()).isEqualTo(2 * 4_022_468_096L);
        assertThatThrownBy(() -> SyntheticShape.named("qwen3-9b")).isInstanceOf(InvalidInput.class).hasMessageContaining("qwen3-0.6b, qwen3-1.7b");
    }

    @Test
    void whatIsWrittenIsAModelThatComputes() {
        SyntheticModel.fp16(TINY).write(folder.resolve("fp16"), () -> false);
        SyntheticModel.student(TINY).write(folder.resolve("student"), () -> false);
        int[] tokens = IntStream.range(0, 40).toArray();
        for (String name : List.of("fp16", "student")) {
            try (var model = CausalModel.load(folder.resolve(name), 1); var session = model.newSession(64)) {
                assertThat(model.format()).isEqualTo(name.equals("fp16") ? WeightFormat.F16 : WeightFormat.TERNARY_2BIT);
                float[] logits = session.prefill(tokens);
                assertThat(logits).hasSize(96);
                for (float logit : logits) {
                    assertThat(logit).isFinite().isNotZero();
                }
            }
        }
        Path packed = folder.resolve("student.bitd");
        PackedOptions options = PackedOptions.student(WeightFormat.TERNARY_2BIT, WeightFormat.INT8);
        PackedWriter.write(folder.resolve("student"), options, PackedMetadata.NONE, packed);
        // 96 rows, padded to 128, of 32 weights: a byte each and a float a row.
        assertThat(TensorGroups.of(packed)).containsEntry("embedding", 128 * 32 + 128 * 4L).containsKeys("norms", "query", "down");
        assertThat(TensorGroups.fileBytes(packed)).isEqualTo(packed.toFile().length());
        assertThat(TensorGroups.fileBytes(folder.resolve("fp16"))).isGreaterThan(SyntheticModel.fp16(TINY).bytes());
    }

    @Test
    void stoppingLeavesNothingBehindAndAFullDiskIsToldBefore() {
        assertThatThrownBy(() -> SyntheticModels.write(SyntheticShape.QWEN3_0_6B, folder, _ -> { }, () -> true))
                .isInstanceOf(CancellationException.class);
        assertThat(folder).isEmptyDirectory();
        assertThatThrownBy(() -> SyntheticModel.requireRoom(folder, Long.MAX_VALUE / 2)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("Free some space").hasMessageContaining("--temp");
        assertThat(Files.exists(folder)).isTrue();
    }
}
