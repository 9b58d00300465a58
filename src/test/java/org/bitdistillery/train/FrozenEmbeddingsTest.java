package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.data.Example;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.FamilyModels;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.model.Subln;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrozenEmbeddingsTest {

    private static final Batch BATCH = Batch.of(List.of(
            new Example(new int[] {1, 4, 9, 7, 6, 5}, new int[] {3}, 0), new Example(new int[] {1, 8, 2, 30}, new int[] {5, 7}, 0)));

    /// One step without clipping: every other weight moves as if nothing were frozen.
    @ParameterizedTest
    @EnumSource(value = FamilyModels.class, names = {"QWEN3", "QWEN3_UNTIED", "GEMMA3"})
    void embeddingsStayAndEverythingElseIsTrainedAsBefore(FamilyModels family) {
        try (Decoder teacher = family.decoder(SubLnPlacement.OFF, LinearMode.FULL);
                Decoder free = Subln.student(teacher, SubLnPlacement.PAPER);
                Decoder frozen = Subln.student(teacher, SubLnPlacement.PAPER);
                Distillation objective = new Distillation(settings(), teacher, 3)) {
            frozen.freezeEmbeddings();
            try (AdamW one = new AdamW(free, 0.01, 0); AdamW other = new AdamW(frozen, 0.01, 0)) {
                OptimizerStep.Outcome whole = new OptimizerStep(free, objective, one).apply(List.of(BATCH), 1e-2);
                OptimizerStep.Outcome part = new OptimizerStep(frozen, objective, other).apply(List.of(BATCH), 1e-2);
                assertThat(part.losses().total()).isCloseTo(whole.losses().total(), within(1e-6));
                assertThat(part.gradientNorm()).isLessThan(whole.gradientNorm());
                for (ParameterSpec spec : ParameterSpec.of(free.architecture())) {
                    boolean table = spec.kind() == ParameterSpec.Kind.EMBEDDING || spec.kind() == ParameterSpec.Kind.HEAD;
                    if (table) {
                        assertThat(frozen.floats(spec.name())).isEqualTo(teacher.floats(spec.name()));
                        assertThat(free.floats(spec.name())).isNotEqualTo(teacher.floats(spec.name()));
                    } else {
                        assertThat(other.mean(spec.name())).as(spec.name()).containsExactly(one.mean(spec.name()), within(1e-5f));
                    }
                }
                assertThat(other.state().keySet()).noneMatch(name -> name.contains("embed_tokens") || name.contains("lm_head"));
            }
        }
    }

    private static DistillStage settings() {
        DistillStage usual = DistillStage.DEFAULTS;
        return new DistillStage(
                true, 1, "", 10, 5, true, usual.logitsTokens(), usual.logitsTarget(), 0, 10, usual.relationForm(), 4, "1", true, true, true,
                false, usual.optimization());
    }
}
