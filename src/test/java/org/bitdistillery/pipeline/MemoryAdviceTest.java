package org.bitdistillery.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.ToLongFunction;
import org.bitdistillery.config.Compute.Precision;
import org.bitdistillery.TinyExperiment;
import org.bitdistillery.config.Experiment;
import org.bitdistillery.config.ExperimentFile;
import org.bitdistillery.config.MemorySaving;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.PublishedShape;
import org.junit.jupiter.api.Test;

/// Which settings are proposed for Qwen3-0.6B's shape, by how much memory there is.
class MemoryAdviceTest {

    private static final Architecture SHAPE = PublishedShape.QWEN3_0_6B.architecture();
    private static final Experiment EXPERIMENT = TinyExperiment.with(
            "finetune.enabled=false", "pretrain.enabled=false", "baseline.enabled=false", "distill.optimization.batchSize=1");
    private static final ToLongFunction<Experiment> NEED = experiment -> MemoryNeed.of(experiment, SHAPE, SHAPE, 128).bytes();
    private static final long GIB = 1L << 30;

    @Test
    void asFewSettingsAsFitAreProposedEachWithWhatRemains() {
        long whole = NEED.applyAsLong(EXPERIMENT);
        long least = NEED.applyAsLong(TinyExperiment.with(
                "finetune.enabled=false", "pretrain.enabled=false", "baseline.enabled=false", "distill.optimization.batchSize=1",
                "compute.compactTeacher=true", "compute.optimizerState=bfloat16", "compute.recomputeActivations=true",
                "compute.frozenEmbeddings=true"));
        int settings = 0;
        for (long room = whole; room >= least; room -= GIB / 4) {
            MemoryAdvice advice = MemoryAdvice.of(EXPERIMENT, NEED, room);
            assertThat(advice.steps().size()).as("settings for %,d MiB", room >> 20).isGreaterThanOrEqualTo(settings);
            settings = advice.steps().size();
            long before = whole;
            for (MemoryAdvice.Step step : advice.steps()) {
                assertThat(step.bytes()).isLessThan(before);
                before = step.bytes();
            }
            assertThat(before).isLessThanOrEqualTo(room);
        }
        assertThat(settings).isEqualTo(MemorySaving.values().length);
        assertThat(MemoryAdvice.of(EXPERIMENT, NEED, whole).steps()).isEmpty();
    }

    @Test
    void whereNothingIsEnoughEverythingThatHelpsIsNamedAndTheUserToldSo() {
        MemoryAdvice advice = MemoryAdvice.of(EXPERIMENT, NEED, GIB);
        assertThat(advice.steps()).extracting(MemoryAdvice.Step::saving).containsExactly(MemorySaving.values());
        assertThat(advice.remedy(GIB)).startsWith("Even compute.compactTeacher=true (then about ")
                .contains("compute.frozenEmbeddings=true (then about ").contains(") will not do: lower the batch");
    }

    /// Counted by hand from the shape: 596,107,264 weights with the norms of stage 1, of which 155,582,464 are embeddings and 440,401,920
    /// projections.
    @Test
    void eachSettingSavesWhatItsArraysTake() {
        long placed = MemoryNeed.parameters(SHAPE.withSubLn(EXPERIMENT.subln().placement()));
        assertThat(saved(part("optimizer"), "compute.optimizerState=bfloat16")).isEqualTo(4 * placed);
        assertThat(saved(part("optimizer"), "compute.frozenEmbeddings=true")).isEqualTo(8 * 155_582_464L);
        assertThat(saved(part("gradients"), "compute.frozenEmbeddings=true")).isEqualTo(4 * 155_582_464L);
        assertThat(saved(part("rounded copies"), "compute.recomputeActivations=true")).isEqualTo(4 * 440_401_920L * 27 / 28);
        assertThat(saved(part("teacher"), "compute.compactTeacher=true")).isGreaterThan(2 * 440_401_920L);
        assertThat(EXPERIMENT.compute().optimizerState()).isEqualTo(Precision.FLOAT32);
    }

    private static ToLongFunction<Experiment> part(String name) {
        return experiment -> MemoryNeed.of(experiment, SHAPE, SHAPE, 128).parts().stream()
                .filter(part -> part.name().equals(name)).findFirst().orElseThrow().bytes();
    }

    private static long saved(ToLongFunction<Experiment> bytes, String setting) {
        Experiment changed = ExperimentFile.withOverrides(EXPERIMENT, List.of(setting));
        return bytes.applyAsLong(EXPERIMENT) - bytes.applyAsLong(changed);
    }
}
