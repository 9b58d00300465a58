package org.bitdistillery.tensorfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.bitdistillery.quant.TernaryBlocks;
import org.bitdistillery.quant.TernaryFormats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {

    private static final Path GOLDEN = Path.of("../shared/data/golden-gguf");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"tiny-bitnet-f16", "tiny-bitnet-tq1_0", "tiny-bitnet-tq2_0", "tiny-bitnet-i2_s", "tiny-llama-tq2", "tiny-qwen3-f16"})
    void filesOfOtherProgramsAreReadAndWrittenAgainBitForBit(String name) throws IOException {
        Path golden = golden(name);
        Path copy = folder.resolve("copy.gguf");
        try (GgufFile file = GgufFile.open(golden)) {
            List<GgufWriter.Entry> entries = new ArrayList<>();
            file.tensors().values().forEach(tensor -> entries.add(new GgufWriter.Entry(
                    tensor.name(), tensor.type(), tensor.shape(), sink -> sink.put(file.data(tensor.name()).toArray(ValueLayout.JAVA_BYTE)))));
            GgufWriter.write(copy, file.metadata().values(), entries, _ -> {});
        }

        assertThat(Files.mismatch(golden, copy)).as("first byte that differs").isEqualTo(-1);
    }

    @Test
    void threePackingsOfTheSameModelHoldTheSameWeightsAndArePackedAgainBitForBit() {
        try (GgufFile one = GgufFile.open(golden("tiny-bitnet-tq1_0"));
                GgufFile two = GgufFile.open(golden("tiny-bitnet-tq2_0"));
                GgufFile flat = GgufFile.open(golden("tiny-bitnet-i2_s"))) {
            int compared = 0;
            for (GgufTensor tensor : two.tensors().values()) {
                if (tensor.type() != GgufType.TQ2_0) {
                    continue;
                }
                TernaryBlocks weights = TernaryFormats.tq2(bytes(two, tensor.name()));
                float scale = weights.scales()[0];
                assertThat(TernaryFormats.packTq2(weights.codes(), scale)).isEqualTo(bytes(two, tensor.name()));
                assertThat(TernaryFormats.packTq1(weights.codes(), scale)).isEqualTo(bytes(one, tensor.name()));
                TernaryBlocks exact = TernaryFormats.i2s(bytes(flat, tensor.name()));
                assertThat(exact.codes()).isEqualTo(weights.codes());
                assertThat(TernaryFormats.packI2s(exact.codes(), exact.scales()[0])).isEqualTo(bytes(flat, tensor.name()));
                assertThat(one.floats(tensor.name())).isEqualTo(two.floats(tensor.name()));
                compared++;
            }
            assertThat(compared).isEqualTo(14);
        }
    }

    @Test
    void everyKindOfValueComesBackAsItWas() {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        values.put("a", GgufValue.u32(0xFFFF_FFFFL));
        values.put("b", GgufValue.f32(0.1f));
        values.put("c", GgufValue.bool(true));
        values.put("d", GgufValue.string("Grüße, 世界"));
        values.put("e", GgufValue.i32s(new int[] {-1, 7}));
        values.put("f", GgufValue.f32s(new float[] {1.5f, Float.NEGATIVE_INFINITY}));
        values.put("g", new GgufValue(GgufValue.Type.U64, null, 1L << 40));
        values.put("h", new GgufValue(GgufValue.Type.F64, null, Math.PI));
        values.put("i", new GgufValue(GgufValue.Type.I8, null, -5L));
        values.put("j", new GgufValue(GgufValue.Type.U16, null, 65535L));
        values.put("k", GgufValue.strings(List.of("", "x")));
        Path file = folder.resolve("values.gguf");
        GgufWriter.write(file, values, List.of(), _ -> {});

        try (GgufFile read = GgufFile.open(file)) {
            assertThat(read.metadata().values().keySet()).containsExactlyElementsOf(values.keySet());
            assertThat(read.metadata().integer("j", 0, 65535)).isEqualTo(65535);
            assertThat(read.metadata().number("b")).isEqualTo(0.1f);
            assertThat(read.metadata().strings("k")).containsExactly("", "x");
            assertThat(read.metadata().numbers("f")).containsExactly(1.5, Double.NEGATIVE_INFINITY);
            assertThat(read.metadata().integers("e")).containsExactly(-1, 7);
            assertThat(read.metadata().string("d")).isEqualTo("Grüße, 世界");
            assertThatThrownBy(() -> read.metadata().string("a")).hasMessageContaining("the key a is of the type U32");
            assertThatThrownBy(() -> read.metadata().integer("none", 0, 1)).hasMessageContaining("the key none is missing");
        }
    }

    @Test
    void hostileHeadersAreRefusedByName() throws IOException {
        refused(bytes("GGUX", 3, 0, 0), "does not begin with the letters GGUF");
        refused(bytes("GGUF", 9, 0, 0), "version 9");
        refused(bytes("GGUF", 0x03000000, 0, 0), "big endian");
        refused(bytes("GGUF", 3, Long.MAX_VALUE, 0), "tensors, more than it has room for");
        refused(bytes("GGUF", 3, -1, 0), "18446744073709551615 tensors");
        refused(bytes("GGUF", 3, 0, 1L << 60), "keys, more than it has room for");
        refused(withKey(buffer -> string(buffer, 1L << 62, "k")), "a key would have 4611686018427387904 bytes");
        refused(withKey(buffer -> string(buffer, 0, "")), "a key without a name");
        refused(withKey(buffer -> string(buffer, 1, "k").putInt(99)), "unknown type 99");
        refused(withKey(buffer -> string(buffer, 1, "k").putInt(9).putInt(9).putLong(1)), "an array of arrays");
        refused(withKey(buffer -> string(buffer, 1, "k").putInt(9).putInt(10).putLong(1L << 50)), "promises 1125899906842624 elements");
        refused(withKey(buffer -> string(buffer, 1, "k").putInt(7).put((byte) 2)), "neither true nor false");
        refused(withKey(buffer -> string(buffer, 17, "general.alignment").putInt(4).putInt(3)), "no power of two");
    }

    @Test
    void tensorsMustFollowOneAnotherAndFit() throws IOException {
        refused(withTensor("t", 0, 0, 1 << 20), "is larger than the file");
        refused(withTensor("t", 0, 64, 4), "lies at 64 where 0 is its place");
        refused(withTensor("t", 77, 0, 4), "has the type number 77");
        refused(withTensor("t", 34, 0, 100), "rows of 100 elements, TQ1_0 needs a multiple of 256");
        refused(withTensor("t", 0, 0, 0), "an impossible dimension");
        refused(withTensor("t".repeat(64), 0, 0, 4), "the name of a tensor would have 64 bytes");
        assertThatThrownBy(() -> GgufFile.open(folder)).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("none"))).hasMessageContaining("does not exist");
    }

    /// Bytes, lengths and counts are overwritten at random; what still opens must be readable to its last byte.
    @Test
    void twoThousandMutationsAreReadOrRefusedWithOneSentence() throws IOException {
        byte[] whole = sample();
        Random random = new Random(42);
        Path path = folder.resolve("mutant.gguf");
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            MemorySegment mutant = MemorySegment.ofArray(mutate(whole, random));
            try (GgufFile file = GgufFile.read(path, Arena.ofConfined(), mutant)) {
                for (String name : file.tensors().keySet()) {
                    file.floats(name);
                }
            } catch (TensorFileException e) {
                assertThat(e.getMessage()).contains("mutant.gguf").hasSizeLessThan(600);
                refused++;
            }
        }
        assertThat(refused).isBetween(800, 2000);
    }

    /// Half of the mutations set a byte, the others a whole count or length, or cut the file.
    public static byte[] mutate(byte[] whole, Random random) {
        byte[] mutant = whole.clone();
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            int at = random.nextInt(mutant.length - 8);
            switch (random.nextInt(4)) {
                case 0, 1 -> mutant[at] = (byte) random.nextInt(256);
                case 2 -> ByteBuffer.wrap(mutant).order(ByteOrder.LITTLE_ENDIAN).putLong(at, random.nextLong() >>> random.nextInt(64));
                default -> mutant = Arrays.copyOf(mutant, Math.max(32, at));
            }
        }
        return mutant;
    }

    private byte[] sample() throws IOException {
        Path file = folder.resolve("sample.gguf");
        Map<String, GgufValue> values = new LinkedHashMap<>();
        values.put("general.architecture", GgufValue.string("llama"));
        values.put("general.alignment", GgufValue.u32(32));
        values.put("tokenizer.ggml.tokens", GgufValue.strings(List.of("a", "b", "<s>")));
        values.put("scores", GgufValue.f32s(new float[] {1, 2, 3}));
        byte[] codes = new byte[256];
        GgufWriter.write(file, values, List.of(
                new GgufWriter.Entry("a", GgufType.TQ1_0, new long[] {1, 256}, TensorContent.of(TernaryFormats.packTq1(codes, 1))),
                new GgufWriter.Entry("b", GgufType.TQ2_0, new long[] {256}, TensorContent.of(TernaryFormats.packTq2(codes, 1))),
                new GgufWriter.Entry("c", GgufType.I2_S, new long[] {2, 128}, TensorContent.of(TernaryFormats.packI2s(codes, 1))),
                new GgufWriter.Entry("d", GgufType.F32, new long[] {3}, TensorContent.of(new byte[12]))), _ -> {});
        return Files.readAllBytes(file);
    }

    private void refused(byte[] bytes, String sentence) throws IOException {
        Path file = folder.resolve("hostile.gguf");
        Files.write(file, bytes);
        assertThatThrownBy(() -> GgufFile.open(file).close())
                .isInstanceOf(TensorFileException.class).hasMessageContaining(sentence).hasMessageContaining("hostile.gguf");
    }

    private static byte[] bytes(String magic, int version, long tensors, long keys) {
        return ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN)
                .put(magic.getBytes(StandardCharsets.US_ASCII)).putInt(version).putLong(tensors).putLong(keys).array();
    }

    private static byte[] withKey(Consumer<ByteBuffer> rest) {
        ByteBuffer buffer = ByteBuffer.allocate(160).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(bytes("GGUF", 3, 0, 1), 0, 24);
        rest.accept(buffer);
        return buffer.array();
    }

    private static byte[] withTensor(String name, int type, long offset, long columns) {
        ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(bytes("GGUF", 3, 1, 0), 0, 24);
        string(buffer, name.length(), name).putInt(1).putLong(columns).putInt(type).putLong(offset);
        return buffer.array();
    }

    private static ByteBuffer string(ByteBuffer buffer, long length, String text) {
        return buffer.putLong(length).put(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(GgufFile file, String name) {
        return file.data(name).toArray(ValueLayout.JAVA_BYTE);
    }

    private static Path golden(String name) {
        Path file = GOLDEN.resolve(name + ".gguf");
        assumeTrue(Files.exists(file), "needs " + GOLDEN + ", which is not there");
        return file;
    }
}
