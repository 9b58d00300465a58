package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import java.util.List;
import org.bitdistillery.config.Compute;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.DistillStage.LogitsTarget;
import org.bitdistillery.config.DistillStage.RelationForm;
import org.bitdistillery.config.DistillStage.TokenScope;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Subln;
import org.bitdistillery.model.Torch;
import org.junit.jupiter.api.Test;

/// bfloat16 keeps 8 bits of a product's factors: about 0.4 % each.
class PrecisionTest {

    private static final Batch BATCH = Batch.packed(new int[][] {{1, 7, 3, 9, 12, 4}, {1, 30, 31, 2, 6, 5}, {1, 5, 5, 8, 33, 20}});

    @Test
    void productsInBfloat16GiveNearlyTheSameStep() {
        OptimizerStep.Outcome exact = step(Precision.FLOAT32);
        OptimizerStep.Outcome rounded = step(Precision.BFLOAT16);
        assertThat(rounded.losses().total()).isNotEqualTo(exact.losses().total());
        assertThat(rounded.losses().crossEntropy()).isCloseTo(exact.losses().crossEntropy(), within(0.01 * exact.losses().crossEntropy()));
        assertThat(rounded.losses().logits()).isCloseTo(exact.losses().logits(), within(0.05 * exact.losses().logits()));
        assertThat(rounded.gradientNorm()).isCloseTo(exact.gradientNorm(), within(0.05 * exact.gradientNorm()));
    }

    @Test
    void aStudentLearnsInBfloat16WithMasterWeightsInFloat32() {
        try (Decoder model = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1); AdamW optimizer = new AdamW(model, 0, 1)) {
            OptimizerStep step = new OptimizerStep(model, Objective.crossEntropy(), optimizer, Compute.DEFAULTS.withPrecision(Precision.BFLOAT16));
            double first = step.apply(List.of(BATCH), 0.01).losses().total();
            double last = first;
            for (int i = 0; i < 30; i++) {
                last = step.apply(List.of(BATCH), 0.01).losses().total();
            }
            assertThat(last).isLessThan(0.5 * first);
            assertThat(model.parameters().values()).allSatisfy(
                    weight -> assertThat(weight.getDataType()).isEqualTo(DataType.FLOAT32));
        }
    }

    private static OptimizerStep.Outcome step(Precision precision) {
        DistillStage config = new DistillStage(
                true, 1, "", 10, 5, true, TokenScope.ALL, LogitsTarget.TEACHER, 0, 100, RelationForm.CODE, 4, "1",
                true, true, true, false, Optimization.withLearningRate(1e-3));
        try (Decoder teacher = enlarged(1); Decoder base = enlarged(2); Decoder student = Subln.fullPrecision(base);
                Distillation objective = new Distillation(config, teacher, 2, null, precision);
                AdamW optimizer = new AdamW(student, 0, 0)) {
            return new OptimizerStep(student, objective, optimizer, Compute.DEFAULTS.withPrecision(precision)).apply(List.of(BATCH), 0);
        }
    }

    private static Decoder enlarged(long seed) {
        Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), seed);
        decoder.parameters().forEach((name, weight) -> {
            float[] values = Torch.floats(weight);
            for (int i = 0; i < values.length; i++) {
                values[i] *= name.endsWith("norm.weight") ? 1 : 10;
            }
            Torch.overwrite(weight, values);
        });
        return decoder;
    }
}
