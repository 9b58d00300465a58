package org.bitdistillery.tensorfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFolderTest {

    private static final String FIRST = "model-00001-of-00003.safetensors";

    @TempDir
    Path folder;

    @BeforeEach
    void threeShardsOfFourTensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("a", Tensor.f32(new float[] {1, 2, 3}, 3));
        tensors.put("b", Tensor.f16(new float[] {4, 5}, 2));
        tensors.put("c", Tensor.bf16(new float[] {6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 2, 5));
        tensors.put("d", Tensor.streamed(DType.F32, (from, count) -> new float[] {16}, 1));
        SafetensorsWriter.writeFolder(folder, tensors, Map.of("format", "pt"), 16);
    }

    @Test
    void shardsReadLikeOneFile() {
        assertThat(folder.resolve("model.safetensors")).doesNotExist();
        try (SafetensorsFolder files = SafetensorsFolder.open(folder)) {
            assertThat(files.tensors().keySet()).containsExactly("a", "b", "c", "d");
            assertThat(files.floats("a")).containsExactly(1, 2, 3);
            assertThat(files.floats("b")).containsExactly(4, 5);
            assertThat(files.floats("c", 4, 2)).containsExactly(10, 11);
            assertThat(files.floats("d")).containsExactly(16);
            assertThat(files.path("c").getFileName()).hasToString("model-00002-of-00003.safetensors");
            files.release("c");
            assertThat(files.floats("c")).hasSize(10).startsWith(6, 7);
            assertThatThrownBy(() -> files.floats("e")).isInstanceOf(TensorFileException.class).hasMessageContaining("no tensor e");
        }
    }

    @Test
    void aMissingShardIsNamedWithTheNumberOfShards() throws IOException {
        Files.delete(folder.resolve(FIRST));
        refused(FIRST + ", one of 3 shards that model.safetensors.index.json names, does not exist");
    }

    @Test
    void aShardThatTheIndexDoesNotNameIsRefused() throws IOException {
        Files.copy(folder.resolve(FIRST), folder.resolve("model-00004-of-00004.safetensors"));
        refused("model-00004-of-00004.safetensors is there, too");
    }

    @Test
    void anIndexThatPromisesWhatIsNotThereIsRefused() throws IOException {
        editIndex("\"a\"", "\"x\"");
        refused("it promises tensor x in " + FIRST + ", which does not have it");
    }

    @Test
    void anIndexThatNamesTheWrongShardIsRefused() throws IOException {
        editIndex("\"d\" : \"model-00003", "\"d\" : \"model-00001");
        editIndex("\"b\" : \"model-00001", "\"b\" : \"model-00003");
        refused("it promises tensor b in model-00003-of-00003.safetensors, which does not have it");
    }

    @Test
    void aTensorThatTheIndexLeavesOutIsRefused() throws IOException {
        editIndex("\"b\" : \"" + FIRST + "\",", "");
        refused(FIRST + " has a tensor b that it does not name");
    }

    @Test
    void aTensorInTwoShardsIsRefused() {
        SafetensorsWriter.write(folder.resolve("model-00003-of-00003.safetensors"),
                Map.of("d", Tensor.f32(new float[1], 1), "a", Tensor.f32(new float[1], 1)), Map.of());
        refused("tensor a is in " + FIRST + " and in model-00003-of-00003.safetensors");
    }

    @Test
    void aCutOffShardIsNamed() throws IOException {
        Path shard = folder.resolve(FIRST);
        Files.write(shard, java.util.Arrays.copyOf(Files.readAllBytes(shard), (int) Files.size(shard) - 3));
        refused(FIRST + " ends after");
    }

    @Test
    void anIndexThatIsNoneIsRefused() throws IOException {
        editIndex(FIRST, "../" + FIRST);
        refused("which is no file name of a shard");
        Path index = folder.resolve(ShardIndex.FILE);
        Files.writeString(index, "{\"weight_map\": {");
        refused("not valid JSON");
        Files.writeString(index, "{\"weight_map\": {}}");
        refused("no weight_map");
        Files.writeString(index, "{\"weight_map\": {\"a\": 3}}");
        refused("no file name");
    }

    @Test
    void weightsInAPickleFileAreNamedAndNotRead() throws IOException {
        Files.delete(folder.resolve(ShardIndex.FILE));
        Files.writeString(folder.resolve("pytorch_model.bin"), "cos\nsystem\n");
        refused("has its weights in pytorch_model.bin, a pickle file");
    }

    @Test
    void aPointerOfGitLfsIsToldFromADamagedFile() throws IOException {
        Files.writeString(folder.resolve("model.safetensors"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
        refused("model.safetensors is a Git LFS pointer");
    }

    @Test
    void oneFileComesBeforeShardsAndSavingInShardsReplacesIt() {
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("z", Tensor.f32(new float[] {1}, 1)), Map.of());
        try (SafetensorsFolder files = SafetensorsFolder.open(folder)) {
            assertThat(files.tensors().keySet()).containsExactly("z");
        }
        threeShardsOfFourTensors();
        try (SafetensorsFolder files = SafetensorsFolder.open(folder)) {
            assertThat(files.tensors()).hasSize(4);
        }
    }

    private void editIndex(String from, String to) throws IOException {
        Path index = folder.resolve(ShardIndex.FILE);
        String old = Files.readString(index);
        assertThat(old).contains(from);
        Files.writeString(index, old.replace(from, to));
    }

    private void refused(String sentence) {
        assertThatThrownBy(() -> SafetensorsFolder.open(folder)).isInstanceOf(TensorFileException.class).hasMessageContaining(sentence);
    }
}
