package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitdistillery.data.Example;
import org.junit.jupiter.api.Test;

class GeneratedRowsTest {

    /// Prompts of 2 to 12 tokens and answers of 1 to 8: together most of the batch is padding, alone there is none.
    @Test
    void paddedRowsOfAnyAnswerLengthGiveTheLossesAndGradientsOfRowsAlone() {
        Random random = new Random(6);
        List<Example> rows = new ArrayList<>();
        List<Batch> alone = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Example row = new Example(
                    random.ints(2 + random.nextInt(11), 3, 40).toArray(), random.ints(1 + i, 3, 40).toArray(), -1);
            rows.add(row);
            alone.add(Batch.of(List.of(row)));
        }
        try (TrainingLoopTest.Models one = new TrainingLoopTest.Models(); TrainingLoopTest.Models other = new TrainingLoopTest.Models();
                AdamW first = new AdamW(one.student, 0, 0); AdamW second = new AdamW(other.student, 0, 0)) {
            OptimizerStep.Outcome apart = new OptimizerStep(one.student, one.objective, first).apply(alone, 1e-3);
            OptimizerStep.Outcome padded = new OptimizerStep(other.student, other.objective, second).apply(List.of(Batch.of(rows)), 1e-3);
            assertThat(padded.losses().crossEntropy()).isCloseTo(apart.losses().crossEntropy(), within(1e-5));
            assertThat(padded.losses().logits()).isCloseTo(apart.losses().logits(), within(1e-5));
            assertThat(padded.losses().relation()).isCloseTo(apart.losses().relation(), within(1e-6));
            assertThat(padded.gradientNorm()).isCloseTo(apart.gradientNorm(), within(1e-4 * apart.gradientNorm()));
            for (String name : List.of("model.layers.0.self_attn.k_proj.weight", "model.embed_tokens.weight")) {
                assertThat(second.mean(name)).containsExactly(first.mean(name), within(1e-5f));
            }
        }
    }
}
