package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomModelTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(FamilyModels.class)
    void itIsAModelOfItsShapeWhoseNormsDoNothing(FamilyModels family) {
        RandomModel.write(folder, family.architecture(), DType.BF16, 1, 20_000, _ -> { });
        try (Decoder decoder = ModelFolder.load(folder)) {
            assertThat(decoder.architecture()).isEqualTo(family.architecture());
            for (ParameterSpec spec : ParameterSpec.of(decoder.architecture())) {
                switch (spec.kind()) {
                    case NORM -> assertThat(decoder.floats(spec.name())).containsOnly(1);
                    case OFFSET_NORM, BIAS -> assertThat(decoder.floats(spec.name())).containsOnly(0);
                    default -> assertThat(deviation(decoder.floats(spec.name())))
                            .isCloseTo(Decoder.initialDeviation(spec, decoder.architecture()), within(0.002));
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsAndATensorDoesNotRepeatAnother() {
        Architecture shape = FamilyModels.QWEN3.architecture();
        RandomModel.write(folder.resolve("a"), shape, DType.F32, 7, 1 << 30, _ -> { });
        RandomModel.write(folder.resolve("b"), shape, DType.F32, 7, 1 << 30, _ -> { });
        RandomModel.write(folder.resolve("c"), shape, DType.F32, 8, 1 << 30, _ -> { });
        String query = Projection.QUERY.weight(0);
        try (Decoder a = ModelFolder.load(folder.resolve("a")); Decoder b = ModelFolder.load(folder.resolve("b"));
                Decoder c = ModelFolder.load(folder.resolve("c"))) {
            assertThat(a.floats(query)).isEqualTo(b.floats(query)).isNotEqualTo(c.floats(query)).isNotEqualTo(a.floats(Projection.QUERY.weight(1)));
        }
    }

    @Test
    void aModelThatIsThereIsNotOverwritten() {
        RandomModel.write(folder, FamilyModels.LLAMA.architecture(), DType.F16, 1, 1 << 30, _ -> { });
        assertThatThrownBy(() -> RandomModel.write(folder, FamilyModels.LLAMA.architecture(), DType.F16, 1, 1 << 30, _ -> { }))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("holds a model already");
    }

    /// 28 · (q 2·1024² + k, v 2·1024² + o 2·1024² + 3·1024·3072) + 151,936·1,024.
    @Test
    void thePublishedShapeOfQwen3HasItsPublishedSize() {
        Architecture shape = PublishedShape.named("Qwen3-0.6B").architecture();
        assertThat(shape.projectionParameters()).isEqualTo(440_401_920);
        assertThat(shape.embeddingParameters()).isEqualTo(155_582_464);
        assertThat(ParameterSpec.of(shape).stream().mapToLong(ParameterSpec::elements).sum()).isEqualTo(596_049_920);
        assertThatThrownBy(() -> PublishedShape.named("qwen9")).isInstanceOf(InvalidInput.class).hasMessageContaining("qwen3-1.7b");
    }

    private static double deviation(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares / values.length);
    }
}
