package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.model.Attention;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.Family;
import org.bitdistillery.model.LinearMode;
import org.bitdistillery.model.ModelFolder;
import org.bitdistillery.model.Rope;
import org.bitdistillery.tensorfile.DType;
import org.bitdistillery.tensorfile.GgufFile;
import org.bitdistillery.tensorfile.GgufTensor;
import org.bitdistillery.tensorfile.SafetensorsWriter;
import org.bitdistillery.tensorfile.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A Qwen3 of random weights (hidden 256, heads 4 × 128, two of them for keys and values) beside the logits that the real llama.cpp
/// gave for its GGUF file; llama.cpp rounds activations to half precision.
class GoldenQwen3Test {

    private static final Path GOLDEN = Path.of("../shared/data/golden-gguf/tiny-qwen3-f16.gguf");
    private static final Pattern LINE = Pattern.compile("after (\\d+): argmax (\\d+) logit (\\S+) +z\\[0..4]=(.*)");
    private static final float TOLERANCE = 3e-3f;

    @TempDir
    Path folder;

    private int[] ids;
    private int[] best;
    private float[][] expected;

    @BeforeEach
    void convert() throws IOException {
        assumeTrue(Files.exists(GOLDEN), "needs ../shared/data/golden-gguf, which is not there");
        var lines = Files.readAllLines(Path.of(GOLDEN.toString().replace(".gguf", ".txt"))).stream()
                .map(LINE::matcher).filter(Matcher::matches).toList();
        ids = lines.stream().mapToInt(line -> Integer.parseInt(line.group(1))).toArray();
        best = lines.stream().mapToInt(line -> Integer.parseInt(line.group(2))).toArray();
        expected = lines.stream().map(line -> numbers(line.group(3) + " " + line.group(4))).toArray(float[][]::new);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (GgufFile file = GgufFile.open(GOLDEN)) {
            for (GgufTensor tensor : file.tensors().values()) {
                tensors.put(huggingFace(tensor.name()), Tensor.f32(file.floats(tensor.name()), tensor.shape()));
            }
        }
        SafetensorsWriter.write(folder.resolve(ModelFolder.WEIGHTS), tensors, Map.of());
        ConfigJson.write(folder, new Architecture(
                Family.QWEN3, 512, 256, 2, 4, 2, 128, 512, 4096, 1e-6, Attention.full(128, Rope.of(1e6)), true, SubLnPlacement.OFF, -1, 511),
                LinearMode.FULL, DType.F32);
    }

    @Test
    void theTrainingGraphHasTheLogitsOfLlamaCpp() {
        try (Decoder decoder = ModelFolder.load(folder);
                DecoderGraph graph = decoder.graph(false);
                NDManager work = graph.manager().newSubManager()) {
            float[] logits = graph.forward(work, new int[][] {ids}).logits().toFloatArray();
            for (int i = 0; i < ids.length; i++) {
                assertRow(Arrays.copyOfRange(logits, i * 512, (i + 1) * 512), i);
            }
        }
    }

    @Test
    void theCpuEngineHasTheLogitsOfLlamaCpp() {
        try (var model = CausalModel.load(folder, 1); var session = model.newSession(16)) {
            float[][] logits = session.prefillAll(ids);
            for (int i = 0; i < ids.length; i++) {
                assertRow(logits[i], i);
            }
        }
    }

    private void assertRow(float[] logits, int row) {
        assertThat(logits[best[row]]).isCloseTo(expected[row][0], within(TOLERANCE));
        assertThat(Arrays.copyOf(logits, 5)).containsExactly(Arrays.copyOfRange(expected[row], 1, 6), within(TOLERANCE));
    }

    private static float[] numbers(String list) {
        String[] parts = list.strip().split(" +");
        float[] numbers = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            numbers[i] = Float.parseFloat(parts[i]);
        }
        return numbers;
    }

    private static String huggingFace(String name) {
        return name.replaceAll("^blk\\.", "model.layers.")
                .replace("token_embd.", "model.embed_tokens.").replace("output_norm.", "model.norm.")
                .replace("attn_q_norm.", "self_attn.q_norm.").replace("attn_k_norm.", "self_attn.k_norm.")
                .replace("attn_norm.", "input_layernorm.").replace("ffn_norm.", "post_attention_layernorm.")
                .replace("attn_q.", "self_attn.q_proj.").replace("attn_k.", "self_attn.k_proj.").replace("attn_v.", "self_attn.v_proj.")
                .replace("attn_output.", "self_attn.o_proj.").replace("ffn_gate.", "mlp.gate_proj.").replace("ffn_up.", "mlp.up_proj.")
                .replace("ffn_down.", "mlp.down_proj.");
    }
}
