package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.quant.Float16;
import org.bitdistillery.quant.Ternary;
import org.bitdistillery.quant.TernaryPacking;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelFolderTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(SubLnPlacement.class)
    void aSavedStudentIsLoadedExactlyAndInItsMode(SubLnPlacement placement) {
        try (Decoder base = Decoder.random(Shapes.untied(SubLnPlacement.OFF), 3);
                Decoder student = Subln.student(base, placement)) {
            ModelFolder.save(student, folder, DType.F32);
            try (Decoder loaded = ModelFolder.load(folder)) {
                assertThat(loaded.mode()).isEqualTo(LinearMode.TERNARY);
                assertThat(loaded.architecture().subLn()).isEqualTo(placement);
                student.parameters().keySet().forEach(name ->
                        assertThat(loaded.floats(name)).as(name).isEqualTo(student.floats(name)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SubLnPlacement.class)
    void packedWeightsComputeWhatTheirStudentComputed(SubLnPlacement placement) {
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 3);
                Decoder student = Subln.student(base, placement)) {
            writePacked(student);
            try (Decoder loaded = ModelFolder.load(folder)) {
                assertThat(loaded.mode()).isEqualTo(LinearMode.TERNARY_FROZEN);
                assertThat(logits(loaded)).containsExactly(logits(student), within(1e-6f));
            }
            assertThatThrownBy(() -> ModelFolder.load(folder, LinearMode.TERNARY))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("no latent weights");
        }
    }

    private void writePacked(Decoder student) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ParameterSpec spec : ParameterSpec.of(student.architecture())) {
            if (spec.kind() == ParameterSpec.Kind.PROJECTION) {
                Ternary ternary = student.ternary(spec.name());
                int rows = (int) spec.shape()[0];
                int columns = (int) spec.shape()[1];
                tensors.put(spec.name(), Tensor.u8(TernaryPacking.pack(ternary.codes(), rows, columns), rows / 4, columns));
                tensors.put(spec.name() + "_scale", Tensor.f32(new float[] {ternary.delta()}, 1));
            } else {
                tensors.put(spec.name(), Tensor.f32(student.floats(spec.name()), spec.shape()));
            }
        }
        SafetensorsWriter.write(folder.resolve(ModelFolder.WEIGHTS), tensors, Map.of());
        ConfigJson.write(folder, student.architecture(), LinearMode.TERNARY_FROZEN, DType.F32);
    }

    @Test
    void tensorsOfSeveralPiecesAreReadWhole() {
        Architecture wide = Architecture.llama(9001, 251, 1, 1, 1, 4, 8, 64, 1e-6, 10_000, true, SubLnPlacement.OFF, 1, 2);
        try (Decoder decoder = Decoder.random(wide, 5)) {
            ModelFolder.save(decoder, folder, DType.F32);
            try (Decoder loaded = ModelFolder.load(folder)) {
                assertThat(loaded.floats(ParameterSpec.EMBEDDING)).isEqualTo(decoder.floats(ParameterSpec.EMBEDDING));
            }
        }
    }

    @Test
    void aWrongShapeIsNamedWithWhatWasExpectedAndFound() {
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 3)) {
            ModelFolder.save(decoder, folder, DType.F16);
            Architecture wider = Architecture.llama(40, 16, 2, 4, 2, 4, 32, 64, 1e-5, 10_000, true, SubLnPlacement.OFF, 1, 2);
            ConfigJson.write(folder, wider, LinearMode.FULL, DType.F16);
            assertThatThrownBy(() -> ModelFolder.load(folder))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("model.layers.0.mlp.gate_proj.weight")
                    .hasMessageContaining("[24, 16]").hasMessageContaining("[32, 16]");
        }
    }

    @Test
    void weightsOfWholeNumbersAreRefusedBeforeTheyAreRead() throws IOException {
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 3)) {
            ModelFolder.save(decoder, folder, DType.F16);
        }
        Path weights = folder.resolve(ModelFolder.WEIGHTS);
        String bytes = Files.readString(weights, StandardCharsets.ISO_8859_1);
        Files.writeString(weights, bytes.replace("\"F16\"", "\"I16\""), StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> ModelFolder.check(folder))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("has the type I16 where F32, F16 or BF16 is expected");
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() {
        try (Decoder decoder = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 3)) {
            float[] norm = new float[16];
            norm[3] = Float.NaN;
            decoder.parameters().get(ParameterSpec.FINAL_NORM).set(norm);
            ModelFolder.save(decoder, folder, DType.F32);
            assertThatThrownBy(() -> ModelFolder.load(folder))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("model.norm.weight").hasMessageContaining("NaN");
        }
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        assertThatThrownBy(() -> ModelFolder.load(folder))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("config.json").hasMessageContaining("does not exist");
        ConfigJson.write(folder, Shapes.tiny(SubLnPlacement.OFF), LinearMode.FULL, DType.F32);
        assertThatThrownBy(() -> ModelFolder.load(folder))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("model.safetensors");
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{}");
        assertThatThrownBy(() -> ModelFolder.load(folder))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("model.safetensors.index.json").hasMessageContaining("weight_map");
    }

    @ParameterizedTest
    @EnumSource(FamilyModels.class)
    void everyFamilyIsSavedInShardsAndLoadedExactly(FamilyModels family) throws IOException {
        try (Decoder decoder = family.decoder(SubLnPlacement.ALL, LinearMode.TERNARY)) {
            ModelFolder.save(decoder, folder, DType.F32, 20_000);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files.filter(file -> file.toString().endsWith(".safetensors")).count()).isGreaterThan(3);
            }
            ModelFolder.check(folder);
            try (Decoder loaded = ModelFolder.load(folder)) {
                assertThat(loaded.architecture()).isEqualTo(decoder.architecture());
                decoder.parameters().keySet().forEach(name ->
                        assertThat(loaded.floats(name)).as(name).isEqualTo(decoder.floats(name)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F16", "BF16"})
    void halfPrecisionIsRoundedHalfToEvenAndReadBack(DType type) {
        try (Decoder decoder = FamilyModels.QWEN2.decoder(SubLnPlacement.OFF, LinearMode.FULL)) {
            ModelFolder.save(decoder, folder, type);
            try (Decoder loaded = ModelFolder.load(folder)) {
                for (String name : decoder.parameters().keySet()) {
                    float[] expected = decoder.floats(name);
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] = type == DType.F16 ? Float.float16ToFloat(Float.floatToFloat16(expected[i]))
                                : Float16.bfloatToFloat(Float16.toBfloat(expected[i]));
                    }
                    assertThat(loaded.floats(name)).as(name).isEqualTo(expected);
                }
            }
        }
    }

    private static float[] logits(Decoder decoder) {
        try (DecoderGraph graph = decoder.graph(false); NDManager work = graph.manager().newSubManager()) {
            return graph.forward(work, new int[][] {{1, 4, 9}}).logits().toFloatArray();
        }
    }
}
