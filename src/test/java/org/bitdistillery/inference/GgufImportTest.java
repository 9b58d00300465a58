package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.tensorfile.GgufFile;
import org.bitdistillery.tensorfile.GgufValue;
import org.bitdistillery.tensorfile.GgufWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// GGUF files that other programs wrote, against the logits that llama.cpp gave for them.
class GgufImportTest {

    private static final Path GOLDEN = Path.of("../shared/data/golden-gguf");
    private static final int[] TOKENS = {104, 101, 108, 108, 111, 32, 119};

    @TempDir
    private Path folder;

    /// llama.cpp rounds activations in other groups than BitNet defines, and F16 activations where it does not round at all.
    @ParameterizedTest
    @CsvSource({"tiny-bitnet-f16,tiny-bitnet-f16,0.004", "tiny-qwen3-f16,tiny-qwen3-f16,0.004", "tiny-bitnet-tq1_0,tiny-bitnet-tq1_0,0.05",
        "tiny-bitnet-tq2_0,tiny-bitnet-tq2_0,0.05", "tiny-llama-tq2,tiny-llama-tq2,0.05", "tiny-bitnet-i2_s,tiny-bitnet-f16,0.05"})
    void logitsAreThoseOfLlamaCpp(String file, String recorded, float most) throws IOException {
        assumeTrue(Files.exists(GOLDEN), "needs " + GOLDEN + ", which is not there");
        Matcher line = Pattern.compile("after \\d+: argmax (\\d+) logit (\\S+) +z\\[0\\.\\.4\\]=(.*)")
                .matcher(Files.readString(GOLDEN.resolve(recorded + ".txt")));
        try (CausalModel model = CausalModel.load(GOLDEN.resolve(file + ".gguf"), 1); Session session = model.newSession(16)) {
            for (float[] logits : session.prefillAll(TOKENS)) {
                assertThat(line.find()).isTrue();
                assertThat(logits[Integer.parseInt(line.group(1))]).isCloseTo(Float.parseFloat(line.group(2)), within(most));
                String[] first = line.group(3).strip().split(" +");
                for (int i = 0; i < first.length; i++) {
                    assertThat(logits[i]).isCloseTo(Float.parseFloat(first[i]), within(most));
                }
            }
        }
    }

    @Test
    void whatTheProgramDoesNotComputeIsNamed() throws IOException {
        assumeTrue(Files.exists(GOLDEN), "needs " + GOLDEN + ", which is not there");
        refused(Map.of("general.architecture", GgufValue.string("mamba")), "holds the architecture mamba");
        refused(Map.of("llama.attention.head_count", GgufValue.u32(0)), "llama.attention.head_count is 0");
        refused(Map.of("llama.attention.head_count_kv", GgufValue.u32(3)), "do not fit together");
        refused(Map.of("llama.rope.scaling.type", GgufValue.string("yarn")), "stretches positions by yarn");
        refused(Map.of("llama.embedding_length", GgufValue.u32(128)), "has the shape");
        refused(Map.of("llama.rope.dimension_count", GgufValue.u32(32)), "only a part of each head");
    }

    private void refused(Map<String, GgufValue> changed, String sentence) {
        Path file = folder.resolve("changed.gguf");
        try (GgufFile golden = GgufFile.open(GOLDEN.resolve("tiny-llama-tq2.gguf"))) {
            Map<String, GgufValue> values = new LinkedHashMap<>(golden.metadata().values());
            values.putAll(changed);
            List<GgufWriter.Entry> entries = new ArrayList<>();
            golden.tensors().values().forEach(tensor -> entries.add(new GgufWriter.Entry(
                    tensor.name(), tensor.type(), tensor.shape(), sink -> sink.put(golden.data(tensor.name()).toArray(ValueLayout.JAVA_BYTE)))));
            GgufWriter.write(file, values, entries, _ -> {});
        }
        assertThatThrownBy(() -> CausalModel.load(file, 1).close()).isInstanceOf(InvalidInput.class).hasMessageContaining(sentence);
    }
}
