package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    @ParameterizedTest
    @EnumSource(FamilyModels.class)
    void everyFamilyIsReadBackInEveryPlacement(FamilyModels model) {
        for (SubLnPlacement placement : SubLnPlacement.values()) {
            Architecture shape = model.architecture().withSubLn(placement);
            for (LinearMode mode : LinearMode.values()) {
                ConfigJson.write(folder, shape, mode, DType.BF16);
                assertThat(ConfigJson.read(folder)).isEqualTo(shape);
                assertThat(ConfigJson.readMode(folder)).isEqualTo(mode);
            }
        }
    }

    @Test
    void qwen3IsReadAsItIsPublished() throws IOException {
        write("""
                {"architectures": ["Qwen3ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 151643,
                 "eos_token_id": 151645, "head_dim": 128, "hidden_act": "silu", "hidden_size": 1024, "intermediate_size": 3072,
                 "max_position_embeddings": 40960, "max_window_layers": 28, "model_type": "qwen3", "num_attention_heads": 16,
                 "num_hidden_layers": 28, "num_key_value_heads": 8, "rms_norm_eps": 1e-06, "rope_scaling": null,
                 "rope_theta": 1000000, "sliding_window": null, "tie_word_embeddings": true, "torch_dtype": "bfloat16",
                 "use_cache": true, "use_sliding_window": false, "vocab_size": 151936}""");
        assertThat(ConfigJson.read(folder)).isEqualTo(new Architecture(
                Family.QWEN3, 151_936, 1024, 28, 16, 8, 128, 3072, 40_960, 1e-6, Attention.full(128, Rope.of(1e6)), true,
                SubLnPlacement.OFF, 151_643, 151_645));
    }

    @Test
    void llama32IsReadAsItIsPublishedAndStretchesItsPositions() throws IOException {
        write("""
                {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "bos_token_id": 128000, "eos_token_id": 128001,
                 "head_dim": 64, "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 8192, "mlp_bias": false,
                 "max_position_embeddings": 131072, "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 16,
                 "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 32.0,
                 "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"},
                 "rope_theta": 500000.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "vocab_size": 128256}""");
        Architecture shape = ConfigJson.read(folder);
        assertThat(shape.attention().rope()).isEqualTo(new Rope(5e5, new Rope.Scaling.Llama3(32, 1, 4, 8192)));
        double[] frequencies = shape.attention().rope().frequencies(shape.headDim());
        // The first waves are short and stay, the last ones are longer than 8,192 and turn 32 times slower.
        assertThat(frequencies[0]).isEqualTo(1);
        assertThat(frequencies[31]).isCloseTo(Math.pow(5e5, -62.0 / 64) / 32, within(1e-15));
    }

    @Test
    void gemma3IsReadAsItIsPublished() throws IOException {
        write("""
                {"architectures": ["Gemma3ForCausalLM"], "attention_bias": false, "attn_logit_softcapping": null, "bos_token_id": 2,
                 "cache_implementation": "hybrid", "eos_token_id": [1, 106], "final_logit_softcapping": null, "head_dim": 256,
                 "hidden_activation": "gelu_pytorch_tanh", "hidden_size": 1152, "intermediate_size": 6912,
                 "max_position_embeddings": 32768, "model_type": "gemma3_text", "num_attention_heads": 4, "num_hidden_layers": 26,
                 "num_key_value_heads": 1, "query_pre_attn_scalar": 256, "rms_norm_eps": 1e-06, "rope_local_base_freq": 10000,
                 "rope_scaling": null, "rope_theta": 1000000, "sliding_window": 512, "sliding_window_pattern": 6,
                 "torch_dtype": "bfloat16", "vocab_size": 262144}""");
        Architecture shape = ConfigJson.read(folder);
        assertThat(shape.tiedEmbeddings()).isTrue();
        assertThat(shape.eosTokenId()).isEqualTo(1);
        assertThat(shape.attention().slides(4)).isTrue();
        assertThat(shape.attention().slides(5)).isFalse();
        assertThat(shape.attention().window(0)).isEqualTo(512);
        assertThat(shape.attention().rope(0)).isEqualTo(Rope.of(10_000));
        assertThat(shape.attention().rope(5)).isEqualTo(Rope.of(1_000_000));
        String old = Files.readString(folder.resolve(ConfigJson.FILE));
        String rope = "\"rope_parameters\": {\"full_attention\": {\"rope_type\": \"default\", \"rope_theta\": 1000000},"
                + " \"sliding_attention\": {\"rope_type\": \"default\", \"rope_theta\": 10000}}";
        write(old.replace("\"rope_local_base_freq\": 10000", rope).replace("\"rope_theta\": 1000000, \"sl", "\"sl"));
        assertThat(ConfigJson.read(folder)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            qwen2       | use_sliding_window          | true                                   | use_sliding_window is true
            qwen2       | layer_types                 | ["full_attention", "sliding_attention"]| layer_types
            qwen3       | attention_bias              | true                                   | attention_bias is true
            qwen3       | rope_scaling                | {"rope_type": "yarn", "factor": 4.0}   | rope_scaling.rope_type is "yarn"
            qwen3       | rope_parameters             | {"rope_type": "dynamic"}               | rope_parameters.rope_type is "dynamic"
            gemma3_text | final_logit_softcapping     | 30.0                                   | final_logit_softcapping is 30.0
            gemma3_text | use_bidirectional_attention | true                                   | use_bidirectional_attention
            gemma3_text | layer_types                 | ["full_attention"]                     | num_hidden_layers is 2
            llama       | rope_scaling                | {"rope_type": "llama3", "factor": 8}   | rope_scaling.low_freq_factor is missing
            llama       | rope_scaling                | {"type": "linear"}                     | rope_scaling.factor is missing
            llama       | architectures               | ["LlamaForTokenClassification"]        | LlamaForTokenClassification
            llama       | auto_map                    | {"AutoModel": "modeling_own.Model"}    | code of the repository (auto_map: modeling_own.Model)
            qwen3_moe   | hidden_act                  | "silu"                                 | model_type is "qwen3_moe"
            """)
    void whatIsNotComputedIsRefusedByField(String modelType, String field, String value, String named) throws IOException {
        ObjectNode root = (ObjectNode) JsonMapper.shared().readTree("""
                {"vocab_size": 100, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128}""");
        root.put("model_type", modelType);
        root.set(field, JsonMapper.shared().readTree(value));
        write(root.toString());
        assertThatThrownBy(() -> ConfigJson.read(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining(named);
    }

    /// As microsoft/bitnet-b1.58-2B-4T has it.
    @Test
    void thePublishedBitNetIsRead() throws IOException {
        write("""
                {"architectures": ["BitNetForCausalLM"],
                 "auto_map": {"AutoConfig": "configuration_bitnet.BitNetConfig", "AutoModelForCausalLM": "modeling_bitnet.BitNetForCausalLM"},
                 "bos_token_id": 128000, "eos_token_id": 128001, "hidden_act": "relu2", "hidden_size": 2560, "initializer_range": 0.02,
                 "intermediate_size": 6912, "max_position_embeddings": 4096, "model_type": "bitnet", "rms_norm_eps": 1e-05,
                 "num_attention_heads": 20, "num_hidden_layers": 30, "num_key_value_heads": 5, "rope_theta": 500000.0,
                 "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 128256,
                 "quantization_config": {"quant_method": "bitnet", "linear_class": "autobitlinear", "quantization_mode": "offline"}}""");
        Architecture shape = ConfigJson.read(folder);
        assertThat(shape.family()).isEqualTo(Family.BITNET);
        assertThat(shape.isBitNet()).isTrue();
        assertThat(shape.headDim()).isEqualTo(128);
        assertThat(shape.projectionParameters() + shape.embeddingParameters()).isBetween(2_400_000_000L, 2_420_000_000L);
        assertThat(ConfigJson.readMode(folder)).isEqualTo(LinearMode.TERNARY_FROZEN);
        assertThat(ConfigJson.hasInverseScales(folder)).isFalse();
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
    void textModelInsideOfAnotherIsRefusedWithAWayOut() throws IOException {
        write("""
                {"architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "text_config": {"model_type": "gemma3_text",
                 "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34}, "vision_config": {"hidden_size": 1152}}""");
        assertThatThrownBy(() -> ConfigJson.read(folder)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("model_type is \"gemma3\", a model of text and other things").hasMessageContaining("text alone");
    }

    @Test
    void missingOptionalFieldsTakeTheDefaultsOfTransformers() throws IOException {
        write("""
                {"model_type": "llama", "vocab_size": 100, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "intermediate_size": 128, "eos_token_id": [7, 8]}""");
        assertThat(ConfigJson.read(folder)).isEqualTo(
                Architecture.llama(100, 64, 2, 4, 4, 16, 128, 2048, 1e-6, 10_000, false, SubLnPlacement.OFF, -1, 7)
                        .withTokens(-1, List.of(7, 8)));
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
