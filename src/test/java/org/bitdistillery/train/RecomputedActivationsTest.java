package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bitdistillery.config.Compute;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.Quantization;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.data.Example;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.FamilyModels;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Subln;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecomputedActivationsTest {

    private static final List<Batch> BATCHES = List.of(
            Batch.of(List.of(
                    new Example(new int[] {1, 4, 9, 7, 6, 5}, new int[] {3}, 0), new Example(new int[] {1, 8, 2, 30}, new int[] {5, 7}, 0))),
            Batch.of(List.of(new Example(new int[] {1, 11, 4, 4}, new int[] {2}, 0))));

    static Stream<Arguments> students() {
        Quantization usual = Quantization.DEFAULTS;
        return Stream.of(
                Arguments.of(FamilyModels.QWEN3, SubLnPlacement.PAPER, usual, "1", Compute.DEFAULTS),
                Arguments.of(FamilyModels.QWEN3, SubLnPlacement.ALL, usual, "0,2", Compute.DEFAULTS.withFrozenEmbeddings()),
                Arguments.of(FamilyModels.QWEN3_UNTIED, SubLnPlacement.PAPER, usual, "all", Compute.DEFAULTS),
                Arguments.of(FamilyModels.QWEN3, SubLnPlacement.PAPER, usual, "2", Compute.DEFAULTS.withPrecision(Precision.BFLOAT16)),
                Arguments.of(FamilyModels.QWEN2, SubLnPlacement.OFF, deadZones(), "1", Compute.DEFAULTS),
                Arguments.of(FamilyModels.GEMMA3, SubLnPlacement.PAPER, usual, "2", Compute.DEFAULTS));
    }

    private static Quantization deadZones() {
        Quantization usual = Quantization.DEFAULTS;
        return new Quantization(
                usual.granularity(), usual.blockSize(), usual.initialization(), usual.calibrationSequences(), usual.int8Activations(), true,
                usual.keep());
    }

    /// Two batches in a step, so that gradients add up; relations of the layers named, so that gradients come in between.
    @ParameterizedTest
    @MethodSource("students")
    void gradientsAreThoseOfKeptActivations(
            FamilyModels family, SubLnPlacement placement, Quantization quantization, String layers, Compute compute) {
        try (Decoder teacher = family.decoder(SubLnPlacement.OFF, LinearMode.FULL);
                Decoder keeping = Subln.student(teacher, placement, quantization);
                Decoder forgetting = Subln.student(teacher, placement, quantization);
                Distillation objective = new Distillation(settings(layers), teacher, 3)) {
            if (compute.frozenEmbeddings()) {
                keeping.freezeEmbeddings();
                forgetting.freezeEmbeddings();
            }
            try (AdamW one = new AdamW(keeping, 0.01, 0); AdamW other = new AdamW(forgetting, 0.01, 0)) {
                OptimizerStep.Outcome kept = new OptimizerStep(keeping, objective, one, compute).apply(BATCHES, 1e-2);
                OptimizerStep.Outcome again =
                        new OptimizerStep(forgetting, objective, other, compute.withRecomputedActivations()).apply(BATCHES, 1e-2);
                assertThat(again.losses()).isEqualTo(kept.losses());
                for (ParameterSpec spec : ParameterSpec.of(keeping.architecture())) {
                    if (keeping.trains(spec)) {
                        float[] expected = one.mean(spec.name());
                        assertThat(other.mean(spec.name())).as(spec.name()).containsExactly(expected, within(1e-6f + 1e-4f * largest(expected)));
                        assertThat(largest(expected)).as(spec.name()).isPositive();
                    }
                }
            }
        }
    }

    /// Several updates, each from weights that are rounded anew.
    @Test
    void aStudentIsTrainedAsWithKeptActivations() {
        try (Decoder teacher = FamilyModels.QWEN3.decoder(SubLnPlacement.OFF, LinearMode.FULL)) {
            List<Double> kept = losses(teacher, Compute.DEFAULTS);
            List<Double> again = losses(teacher, Compute.DEFAULTS.withRecomputedActivations());
            for (int i = 0; i < kept.size(); i++) {
                assertThat(again.get(i)).as("step " + (i + 1)).isCloseTo(kept.get(i), within(1e-3 * kept.get(i)));
            }
            assertThat(kept.getLast()).isLessThan(kept.getFirst());
        }
    }

    @Test
    void anObserverSeesEveryInputOnce() {
        try (Decoder model = FamilyModels.QWEN3.decoder(SubLnPlacement.OFF, LinearMode.FULL); AdamW optimizer = new AdamW(model, 0, 0)) {
            List<String> seen = new ArrayList<>();
            new OptimizerStep(model, Objective.crossEntropy(), optimizer, Compute.DEFAULTS.withRecomputedActivations())
                    .apply(BATCHES.subList(0, 1), 0, (name, _) -> seen.add(name));
            assertThat(seen).doesNotHaveDuplicates().hasSize(4 * model.architecture().layers());
        }
    }

    private static List<Double> losses(Decoder teacher, Compute compute) {
        List<Double> losses = new ArrayList<>();
        try (Decoder student = Subln.student(teacher, SubLnPlacement.PAPER);
                Distillation objective = new Distillation(settings("1"), teacher, 3);
                AdamW optimizer = new AdamW(student, 0.01, 1)) {
            OptimizerStep step = new OptimizerStep(student, objective, optimizer, compute);
            for (int i = 0; i < 8; i++) {
                losses.add(step.apply(BATCHES, 1e-3).losses().total());
            }
        }
        return losses;
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static DistillStage settings(String layers) {
        DistillStage usual = DistillStage.DEFAULTS;
        return new DistillStage(
                true, 1, "", 10, 5, true, usual.logitsTokens(), usual.logitsTarget(), 0, 10, usual.relationForm(), 4, layers, true, false, true,
                false, usual.optimization());
    }
}
