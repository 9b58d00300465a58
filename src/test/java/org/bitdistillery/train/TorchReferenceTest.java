package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.DistillStage.LogitsTarget;
import org.bitdistillery.config.DistillStage.RelationForm;
import org.bitdistillery.config.DistillStage.TokenScope;
import org.bitdistillery.config.Optimization;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Subln;
import org.bitdistillery.model.Torch;
import org.junit.jupiter.api.Test;

/// Constants that PyTorch 1.13 gave once, in float64: a decoder in plain PyTorch (grouped keys, SubLN `paper`), `cross_entropy`,
/// `torch.optim.AdamW` with two parameter groups, `clip_grad_norm_`, and the distillation loss from `KLDivLoss`. Element i of a
/// weight is `0.4·sin(0.37·i·(1 + (p mod 7)/100) + 0.11·p)`, p being the sum of its name's characters (plus 5 for the teacher);
/// gains are one plus half of that.
class TorchReferenceTest {

    private static final Batch BATCH = Batch.packed(new int[][] {{1, 7, 3, 39, 12, 0}, {25, 31, 2, 18, 30, 5}});

    @Test
    void logitsAreThoseOfPyTorch() {
        try (Decoder decoder = decoder(0); DecoderGraph graph = decoder.graph(false); NDManager work = graph.manager().newSubManager()) {
            float[] logits = graph.forward(work, BATCH.ids()).logits().toFloatArray();
            assertThat(Arrays.copyOfRange(logits, 9 * 40, 9 * 40 + 5))
                    .containsExactly(new float[] {-0.166483f, -0.159752f, -0.15301f, -0.146259f, -0.139498f}, within(5e-6f));
        }
    }

    @Test
    void lossesAndGradientNormsOfFourStepsOfAdamWAreThoseOfPyTorch() {
        double[] losses = {3.7260047, 3.513948, 3.3860977, 3.158582};
        double[] norms = {1.1405644, 1.08512, 1.2701637, 0.9573292};
        try (Decoder decoder = decoder(0); AdamW optimizer = new AdamW(decoder, 0.1, 0.5)) {
            OptimizerStep step = new OptimizerStep(decoder, Objective.crossEntropy(), optimizer);
            for (int i = 0; i < losses.length; i++) {
                OptimizerStep.Outcome outcome = step.apply(List.of(BATCH), 0.01);
                assertThat(outcome.losses().crossEntropy()).as("loss of step " + i).isCloseTo(losses[i], within(2e-5));
                assertThat(outcome.gradientNorm()).as("norm of step " + i).isCloseTo(norms[i], within(5e-5));
            }
        }
    }

    @Test
    void everyPartOfTheDistillationLossIsThatOfPyTorch() {
        DistillStage config = new DistillStage(
                true, 1, "", 10, 5, true, TokenScope.ALL, LogitsTarget.TEACHER, 0, 100, RelationForm.CODE, 4, "1",
                true, true, true, false, Optimization.withLearningRate(1e-3));
        try (Decoder teacher = decoder(5); Decoder student = decoder(0); Distillation objective = new Distillation(config, teacher, 2);
                AdamW optimizer = new AdamW(student, 0, 0)) {
            OptimizerStep.Outcome outcome = new OptimizerStep(student, objective, optimizer).apply(List.of(BATCH), 0);
            assertThat(outcome.losses().crossEntropy()).isCloseTo(3.72600467, within(5e-6));
            assertThat(outcome.losses().logits()).isCloseTo(0.27908776, within(2e-6));
            assertThat(outcome.losses().relation()).isCloseTo(0.1125234, within(1e-6));
            assertThat(outcome.losses().total()).isCloseTo(17.76922264, within(5e-5));
            assertThat(outcome.gradientNorm()).isCloseTo(8.28789126, within(2e-4));
        }
    }

    private static Decoder decoder(int shift) {
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1); Decoder student = Subln.student(base, SubLnPlacement.PAPER)) {
            Decoder decoder = Subln.fullPrecision(student);
            assertThat(decoder.mode()).isEqualTo(LinearMode.FULL);
            decoder.parameters().forEach((name, weight) -> {
                int phase = name.chars().sum() + shift;
                boolean gain = weight.getShape().dimension() == 1;
                float[] values = new float[(int) weight.size()];
                for (int i = 0; i < values.length; i++) {
                    double sine = Math.sin(0.37 * i * (1 + 0.01 * (phase % 7)) + 0.11 * phase);
                    values[i] = (float) (gain ? 1 + 0.2 * sine : 0.4 * sine);
                }
                Torch.overwrite(weight, values);
            });
            return decoder;
        }
    }
}
