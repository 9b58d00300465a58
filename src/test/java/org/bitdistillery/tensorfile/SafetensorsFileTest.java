package org.bitdistillery.tensorfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {

    private static final String TWO_TENSORS = """
            {"__metadata__":{"format":"pt"},
             "b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},
             "a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""";

    @TempDir
    Path folder;

    @Test
    void readsAFileWrittenByHand() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-2f);
        data.putShort((short) 0x3C00).putShort((short) 0xC100);
        try (var file = SafetensorsFile.open(write(TWO_TENSORS, data.array()))) {
            assertThat(file.tensors().keySet()).containsExactly("a", "b");
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(file.tensors().get("a").hasShape(1, 2)).isTrue();
            assertThat(file.tensors().get("b").elements()).isEqualTo(2);
            assertThat(file.floats("a")).containsExactly(1.5f, -2f);
            assertThat(file.floats("b")).containsExactly(1f, -2.5f);
            assertThat(file.data("b").isReadOnly()).isTrue();
            assertThatThrownBy(() -> file.floats("c"))
                    .isInstanceOf(TensorFileException.class).hasMessageContaining("no tensor c");
        }
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Path path = folder.resolve("model.safetensors");
        float[] values = {0, 1, -0.5f, 3.140625f, 65504, 1e-7f};
        SafetensorsWriter.write(path, Map.of(
                "codes", Tensor.u8(new byte[] {1, 2, (byte) 255}, 3),
                "f32", Tensor.f32(values, 2, 3),
                "f16", Tensor.f16(values, 6),
                "bf16", Tensor.bf16(values, 3, 2),
                "scalar", Tensor.f32(new float[] {7})), Map.of("made by", "a test"));
        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.metadata()).containsEntry("made by", "a test");
            assertThat(file.floats("f32")).containsExactly(values);
            assertThat(file.floats("f16")).containsExactly(0, 1, -0.5f, 3.140625f, 65504, 0x1p-23f);
            assertThat(file.floats("bf16")).containsExactly(0, 1, -0.5f, 3.140625f, 65536, 0x1.aep-24f);
            assertThat(file.floats("scalar")).containsExactly(7);
            assertThat(file.data("codes").toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 255);
            assertThat(file.tensors().values()).allMatch(info -> info.offset() % info.type().bytes() == 0);
            assertThatThrownBy(() -> file.floats("codes")).isInstanceOf(TensorFileException.class).hasMessageContaining("U8");
        }
        assertThat(folder).isDirectoryContaining(f -> f.equals(path)).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void largeTensorsSpanSeveralChunks() {
        Path path = folder.resolve("large.safetensors");
        float[] values = new float[700_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        SafetensorsWriter.write(path, Map.of("w", Tensor.f32(values, values.length)), Map.of());
        try (var file = SafetensorsFile.open(path)) {
            assertThat(file.floats("w")).isEqualTo(values);
        }
    }

    @Test
    void aFolderThatIsNotThereLeavesNothingBehind() {
        Path path = folder.resolve("missing").resolve("model.safetensors");
        assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of("w", Tensor.f32(new float[1], 1)), Map.of()))
                .isInstanceOf(TensorFileException.class).hasMessageContaining("cannot be written");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aCutOffFileSaysHowMuchIsThereAndHowMuchWasPromised() throws IOException {
        Path path = write(TWO_TENSORS, new byte[12]);
        byte[] whole = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(whole, whole.length - 1));
        refused(path, "hand.safetensors ends after " + (whole.length - 1) + " bytes, its header promises " + whole.length
                + ": the download was cut off. Fetch it again.");
        for (int length = 0; length < whole.length; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            refused(path, "cut off");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 60, -1, Long.MIN_VALUE, 0, 1, 100_000_001})
    void impossibleHeaderLengthsAreRefused(long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        Path path = folder.resolve("length.safetensors");
        Files.write(path, bytes.array());
        refused(path, "its header would have " + Long.toUnsignedString(length) + " bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "not json at all", "[]", "{}x", "{'a':1}", "{'a':{}}", "{'a':", "nul",
        "{'__metadata__':[]}", "{'__metadata__':{'k':1}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4],'extra':1}}",
        "{'a':{'dtype':'F8','shape':[4],'data_offsets':[0,4]}}",
        "{'a':{'dtype':4,'shape':[4],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[[1]],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[9223372036854775803,9223372036854775807]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,99999999999999999999999]}}",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296,4],'data_offsets':[0,0]}}",
        "{'a':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,1],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}"})
    void contradictoryHeadersAreRefused(String header) throws IOException {
        refused(write(header.replace('\'', '"'), new byte[8]), ". ");
    }

    @Test
    void deepNestingAndHugeListsAreRefusedInBoundedTime() throws IOException {
        String nested = "{\"a\":{\"shape\":" + "[".repeat(1_000_000);
        String list = "{\"a\":{\"shape\":[" + "1,".repeat(1_000_000) + "1]}}";
        String longName = "{\"" + "n".repeat(1_000_000) + "\":{}}";
        for (String header : List.of(nested, list, longName)) {
            Path path = write(header, new byte[0]);
            assertTimeout(Duration.ofSeconds(5), () -> refused(path, ". "));
        }
    }

    @Test
    void twoThousandMutationsAreReadOrRefusedWithOneSentence() throws IOException {
        byte[] whole = Files.readAllBytes(write(TWO_TENSORS, new byte[12]));
        Random random = new Random(7);
        Path path = folder.resolve("mutant.safetensors");
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            MemorySegment mutant = MemorySegment.ofArray(GgufFileTest.mutate(whole, random));
            try (var file = SafetensorsFile.read(path, Arena.ofConfined(), mutant)) {
                file.tensors().keySet().forEach(name -> file.data(name).toArray(ValueLayout.JAVA_BYTE));
            } catch (TensorFileException e) {
                assertThat(e.getMessage()).contains("safetensors").hasSizeLessThan(600);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        refused(folder.resolve("none.safetensors"), "none.safetensors does not exist");
        refused(folder, "is a folder");
    }

    private static void refused(Path path, String sentence) {
        assertThatThrownBy(() -> SafetensorsFile.open(path).close())
                .isInstanceOf(TensorFileException.class).hasMessageContaining(sentence)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).put(data);
        Path path = folder.resolve("hand.safetensors");
        Files.write(path, bytes.array());
        return path;
    }
}
