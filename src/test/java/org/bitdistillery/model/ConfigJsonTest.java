package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ConfigJsonTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(SubLnPlacement.class)
    void whatIsWrittenIsReadBack(SubLnPlacement placement) {
        Architecture shape = Shapes.untied(placement);
        for (LinearMode mode : LinearMode.values()) {
            ConfigJson.write(folder, shape, mode, DType.BF16);
            Architecture read = ConfigJson.read(folder);
            assertThat(read).isEqualTo(shape);
            assertThat(ConfigJson.readMode(folder)).isEqualTo(mode);
        }
    }

    @Test
    void anExportIsMarkedAsTransformersMarksIt() {
        ObjectNode root = ConfigJson.tree(Shapes.tiny(SubLnPlacement.PAPER), LinearMode.TERNARY_FROZEN, DType.BF16);
        JsonNode quantization = root.path("quantization_config");
        assertThat(root.path("model_type").asString()).isEqualTo("bitnet");
        assertThat(root.path("hidden_act").asString()).isEqualTo("silu");
        assertThat(quantization.path("quant_method").asString()).isEqualTo("bitnet");
        assertThat(quantization.path("linear_class").asString()).isEqualTo("autobitlinear");
        assertThat(quantization.path("quantization_mode").asString()).isEqualTo("offline");
        JsonNode all = ConfigJson.tree(Shapes.tiny(SubLnPlacement.ALL), LinearMode.TERNARY_FROZEN, DType.BF16);
        assertThat(all.path("quantization_config").path("use_rms_norm").asBoolean()).isTrue();
    }

    @Test
    void missingOptionalFieldsTakeTheDefaultsOfTransformers() throws IOException {
        write("""
                {"model_type": "llama", "vocab_size": 100, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "intermediate_size": 128, "eos_token_id": [7, 8]}""");
        assertThat(ConfigJson.read(folder)).isEqualTo(
                Architecture.llama(100, 64, 2, 4, 4, 16, 128, 2048, 1e-6, 10_000, false, SubLnPlacement.OFF, -1, 7));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model_type              | "mamba"                  | llama (LlamaForCausalLM)
            model_type              | null                     | missing
            architectures           | ["LlamaForQuestionAnswering"] | Supported are llama
            hidden_act              | "gelu"                   | hidden_act
            hidden_size             | 1e99                     | hidden_size
            hidden_size             | -4                       | hidden_size
            hidden_size             | "wide"                   | "wide"
            num_hidden_layers       | 1000000000               | num_hidden_layers
            num_attention_heads     | 5                        | does not divide hidden_size
            num_key_value_heads     | 3                        | does not divide num_attention_heads
            head_dim                | 7                        | even
            rms_norm_eps            | -1                       | rms_norm_eps
            vocab_size              | 0                        | vocab_size
            attention_bias          | true                     | attention_bias
            rope_scaling            | {"rope_type": "yarn"}    | rope_scaling.rope_type is "yarn"
            tie_word_embeddings     | "yes"                    | true or false
            bos_token_id            | 100                      | vocab_size
            """)
    void aBadFieldIsNamedInOneSentence(String field, String value, String named) throws IOException {
        ObjectNode root = (ObjectNode) JsonMapper.shared().readTree("""
                {"model_type": "llama", "vocab_size": 100, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "intermediate_size": 128}""");
        root.set(field, JsonMapper.shared().readTree(value));
        write(root.toString());
        assertThatThrownBy(() -> ConfigJson.read(folder))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("config.json").hasMessageContaining(field).hasMessageContaining(named);
    }

    @Test
    void malformedJsonAndForeignQuantizationAreRefused() throws IOException {
        write("{\"model_type\": ");
        assertThatThrownBy(() -> ConfigJson.read(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("not valid JSON");
        write("[1]");
        assertThatThrownBy(() -> ConfigJson.read(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("JSON object");
        write("{\"quantization_config\": {\"quant_method\": \"gptq\"}}");
        assertThatThrownBy(() -> ConfigJson.readMode(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("gptq");
    }

    private void write(String json) throws IOException {
        Files.writeString(folder.resolve(ConfigJson.FILE), json);
    }
}
