package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.TensorFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedFileTest {

    private static final int[] TOKENS = new Random(9).ints(41, 0, 53).toArray();
    private static final PackedMetadata METADATA =
            new PackedMetadata("Review: {text}\nSentiment:", List.of(" bad", " good"), Map.of("teacher", "a tiny one"));

    @TempDir
    Path folder;

    /// The same layout written to a file or made in memory gives the same bits; nothing is computed at load.
    @ParameterizedTest
    @CsvSource({"PAPER,true,F16,TERNARY_2BIT", "ALL,false,INT8,TERNARY_BASE3", "OFF,true,INT4,TERNARY_BASE3",
        "PAPER,false,TERNARY_BASE3,TERNARY_BASE3", "OFF,false,BF16,TERNARY_2BIT", "OFF,true,F32,TERNARY_2BIT"})
    void aPackedStudentGivesTheLogitsOfItsFolder(SubLnPlacement subLn, boolean tied, WeightFormat embedding, WeightFormat ternary) {
        Architecture shape = student(subLn, tied, 31);
        PackedOptions options = PackedOptions.student(ternary, embedding);
        PackedWriter.write(folder, options, METADATA, file());
        try (var model = CausalModel.load(folder, shape, null, options, 1);
                var packed = CausalModel.load(file(), 2);
                var session = model.newSession(64);
                var packedSession = packed.newSession(64)) {
            float[] expected = session.prefill(TOKENS);
            assertThat(packedSession.prefill(TOKENS)).containsExactly(expected);
            assertThat(packed.format()).isEqualTo(ternary);
            assertThat(packed.embeddingFormat()).isEqualTo(embedding);
            assertThat(packed.weightBytes()).isEqualTo(model.weightBytes());
        }
    }

    /// Large matrices are packed where they lie in the file, others in memory; the same model is the same file, whichever way and whenever.
    @Test
    void theSameModelIsTheSameFile() throws IOException {
        student(SubLnPlacement.PAPER, false, 31);
        PackedMetadata metadata = new PackedMetadata(null, List.of(), Map.of("teacher", "a", "license", "b", "data", "c", "experiment", "d"));
        PackedOptions options = PackedOptions.student(WeightFormat.TERNARY_2BIT, WeightFormat.INT8);
        PackedWriter.write(folder, options, metadata, file());
        byte[] inMemory = Files.readAllBytes(file());

        PackedWriter.write(folder, options, metadata, file(), _ -> {}, 0);

        assertThat(Files.readAllBytes(file())).isEqualTo(inMemory);
        assertThat(metadata.provenance().keySet()).containsExactly("data", "experiment", "license", "teacher");
    }

    @Test
    void latentWeightsAndFullPrecisionArePackedToo() {
        Architecture shape = TinyModels.architecture(SubLnPlacement.PAPER, true);
        Map<String, float[]> weights = TinyModels.weights(shape, 32);
        write(shape, weights, false, LinearMode.TERNARY);
        PackedWriter.write(folder, PackedOptions.DEFAULTS, METADATA, file());
        assertThat(logits(file())).containsExactly(logits(folder));
        write(shape, weights, false, LinearMode.FULL);
        PackedWriter.write(folder, PackedOptions.DEFAULTS, METADATA, file());
        assertThat(logits(file())).containsExactly(logits(folder));
    }

    @Test
    void progressGrowsWithEveryTensorAndWhatItThrowsLeavesNothingBehind() {
        student(SubLnPlacement.PAPER, true, 36);
        List<Long> heard = new ArrayList<>();
        PackedWriter.write(folder, PackedOptions.DEFAULTS, METADATA, file(), heard::add);
        assertThat(heard).isSorted().doesNotHaveDuplicates().hasSizeGreaterThan(10);
        assertThat(heard.getLast()).isBetween(file().toFile().length() / 2, file().toFile().length());

        file().toFile().delete();
        String[] before = folder.toFile().list();
        assertThatThrownBy(() -> PackedWriter.write(folder, PackedOptions.DEFAULTS, METADATA, file(), bytes -> {
            if (bytes >= heard.get(5)) {
                throw new CancellationException();
            }
        })).isInstanceOf(CancellationException.class);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder(before);
    }

    @Test
    void configurationTokenizerTemplateLabelsAndProvenanceTravelAlong() throws IOException {
        Architecture shape = student(SubLnPlacement.PAPER, true, 33);
        Files.writeString(folder.resolve("tokenizer.json"), "{\"not\": \"really\"}");
        PackedWriter.write(folder, PackedOptions.DEFAULTS, METADATA, file());
        Path out = Files.createDirectory(folder.resolve("out"));
        try (var packed = PackedFile.open(file())) {
            assertThat(packed.architecture()).isEqualTo(shape);
            assertThat(packed.metadata()).isEqualTo(METADATA);
            assertThat(packed.companions()).containsExactly("tokenizer.json");
            packed.extractCompanions(out);
        }
        assertThat(out.resolve("tokenizer.json")).hasContent("{\"not\": \"really\"}");
        assertThat(PackedFile.isPacked(file())).isTrue();
        assertThat(PackedFile.isPacked(folder.resolve("tokenizer.json"))).isFalse();
    }

    /// 1024 columns are 205 bytes a row: 9.99 times less than half precision.
    @Test
    void base3TakesAFifthOfAByteAWeight() {
        assertThat(Packed.bytes(WeightFormat.TERNARY_BASE3, 2048, 1024, false)).isEqualTo(2048L * 205);
        assertThat(Packed.bytes(WeightFormat.TERNARY_2BIT, 2048, 1024, false)).isEqualTo(2048L * 256);
        assertThat(Packed.bytes(WeightFormat.INT4, 2048, 1024, true)).isEqualTo(2048L * (512 + 32 + 4));
        assertThat(Packed.bytes(WeightFormat.INT8, 2048, 1024, true)).isEqualTo(2048L * (1024 + 4));
    }

    @Test
    void filesThatAreCutOffOrOfAnotherKindAreRefused() throws IOException {
        byte[] whole = packed();
        refused(Arrays.copyOf(whole, whole.length - 1), "cut off");
        refused(Arrays.copyOf(whole, whole.length + 8), "appended");
        refused(Arrays.copyOf(whole, 20), "not a packed model");
        refused(with(whole, 4, 9), "version 9");
        refused(with(whole, whole.length - 5, whole[whole.length - 5] ^ 1), "checksum");
    }

    @Test
    void headersThatContradictThemselvesAreRefused() throws IOException {
        byte[] whole = packed();
        refused(edited(whole, "\"rows\":44", "\"rows\":-4"), "no sensible rows");
        refused(edited(whole, "\"rows\":44", "\"rows\":2147483000"), "which is not what");
        refused(edited(whole, "\"format\":\"F16\"", "\"format\":\"F17\""), "\"F17\"");
        refused(edited(whole, "\"offset\":64,", "\"offset\":9223372036854775744,"), "no sensible offset");
        refused(edited(whole, "\"offset\":64,", "\"offset\":66,"), "outside the data");
        refused(edited(whole, "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.weight"), "twice");
        refused(edited(whole, "\"scale\":", "\"scale\":-"), "has the scale -");
        refused(edited(whole, "\"hidden_size\":44", "\"hidden_size\":48"), "");
        refused(edited(whole, "tokenizer.json", "../../evil.txt"), "../../evil.txt");
    }

    /// Whatever a header holds, the answer is a model or one sentence.
    @Test
    void randomDamageEndsInOneSentence() throws IOException {
        byte[] whole = packed();
        int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong((int) PackedFile.HEADER_AT);
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            for (int n = 0; n < 1 + i % 3; n++) {
                damaged[header + random.nextInt(whole.length - header)] = (byte) (32 + random.nextInt(95));
            }
            Files.write(file(), sealed(damaged, header));
            try (var model = CausalModel.load(file(), 1)) {
                assertThat(model.weightBytes()).isPositive();
            } catch (InvalidInput e) {
                assertThat(e.getMessage()).contains("model.bitd").doesNotContain("\n\tat");
            }
        }
    }

    private void refused(byte[] content, String sentence) throws IOException {
        Files.write(file(), content);
        assertThatThrownBy(() -> CausalModel.load(file(), 1).close()).isInstanceOf(InvalidInput.class)
                .satisfies(e -> assertThat(e instanceof TensorFileException || sentence.isEmpty()).isTrue())
                .hasMessageContaining(sentence);
    }

    private byte[] packed() throws IOException {
        student(SubLnPlacement.PAPER, true, 34);
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        PackedWriter.write(folder, PackedOptions.DEFAULTS, METADATA, file());
        return Files.readAllBytes(file());
    }

    private static byte[] with(byte[] content, int at, int value) {
        byte[] changed = content.clone();
        changed[at] = (byte) value;
        return changed;
    }

    /// Replaces the first find in the header and makes checksum and lengths right again.
    private static byte[] edited(byte[] content, String find, String replacement) {
        int header = (int) ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong((int) PackedFile.HEADER_AT);
        String json = new String(content, header, content.length - header, StandardCharsets.UTF_8);
        assertThat(json).contains(find);
        int at = json.indexOf(find);
        byte[] changed = (json.substring(0, at) + replacement + json.substring(at + find.length())).getBytes(StandardCharsets.UTF_8);
        byte[] whole = Arrays.copyOf(content, header + changed.length);
        System.arraycopy(changed, 0, whole, header, changed.length);
        return sealed(whole, header);
    }

    private static byte[] sealed(byte[] content, int header) {
        ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong((int) PackedFile.HEADER_LENGTH_AT, content.length - header);
        buffer.putLong((int) PackedFile.FILE_LENGTH_AT, content.length);
        buffer.putInt((int) PackedFile.CHECKSUM_AT, PackedFile.checksum(Arrays.copyOfRange(content, header, content.length)));
        return content;
    }

    private float[] logits(Path path) {
        try (var model = CausalModel.load(path, 1); var session = model.newSession(64)) {
            return session.prefill(TOKENS).clone();
        }
    }

    private Architecture student(SubLnPlacement subLn, boolean tied, long seed) {
        Architecture shape = TinyModels.architecture(subLn, tied);
        write(shape, TinyModels.weights(shape, seed), true, LinearMode.TERNARY_FROZEN);
        return shape;
    }

    private void write(Architecture shape, Map<String, float[]> weights, boolean packed, LinearMode mode) {
        TinyModels.write(folder, shape, weights, packed);
        ConfigJson.write(folder, shape, mode, DType.F16);
    }

    private Path file() {
        return folder.resolve("model.bitd");
    }
}
