package org.bitdistillery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.tensorfile.DType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Layouts of published folders; what is expected is what transformers does with them.
class SpecialTokensTest {

    private static final String PLAIN = "{\"added_tokens\": [{\"id\": 1, \"content\": \"<s>\"}, {\"id\": 2, \"content\": \"</s>\"},"
            + " {\"id\": 7, \"content\": \"<pad>\"}, {\"id\": 9, \"content\": \"<turn>\"}], \"post_processor\": %s, \"model\": {}}";
    private static final String BEGINS = "{\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"<s>\", \"type_id\": 0}},"
            + " {\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}]}";
    private static final String BYTE_LEVEL = "{\"type\": \"ByteLevel\", \"add_prefix_space\": false}";

    @TempDir
    Path folder;

    @BeforeEach
    void config() {
        ConfigJson.write(folder, Architecture.llama(100, 64, 1, 4, 4, 16, 64, 128, 1e-5, 1e4, true, SubLnPlacement.OFF, 1, 2),
                LinearMode.FULL, DType.F32);
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private SpecialTokens tokens() {
        return SpecialTokens.read(folder);
    }

    @Test
    void configAloneSaysAllWhereNothingElseIsThere() {
        assertThat(tokens()).isEqualTo(new SpecialTokens(1, List.of(2), -1));
    }

    /// Qwen2.5 and Qwen3: config.json names a beginning that the tokenizer never puts there, and generation has two ends.
    @Test
    void qwenBeginsWithNothingAndEndsWithTwoTokens() throws IOException {
        write("tokenizer.json", PLAIN.formatted(BYTE_LEVEL));
        write("tokenizer_config.json", "{\"add_bos_token\": false, \"bos_token\": null, \"eos_token\": \"<turn>\", \"pad_token\": \"</s>\"}");
        write("generation_config.json", "{\"bos_token_id\": 1, \"pad_token_id\": 1, \"eos_token_id\": [9, 2]}");
        assertThat(tokens()).isEqualTo(new SpecialTokens(-1, List.of(2, 9), 2));
        Architecture shape = ConfigJson.read(folder);
        assertThat(shape.bosTokenId()).isEqualTo(-1);
        assertThat(shape.ends(9)).isTrue();
        assertThat(shape.ends(2)).isTrue();
        assertThat(shape.ends(1)).isFalse();
        assertThat(shape.separatorTokenId()).isEqualTo(2);
    }

    /// Llama 3: no `add_bos_token`; the second of two post-processors puts the beginning there.
    @Test
    void postProcessorSaysWhetherSequencesBegin() throws IOException {
        write("tokenizer.json", PLAIN.formatted("{\"type\": \"Sequence\", \"processors\": [" + BYTE_LEVEL + ", " + BEGINS + "]}"));
        write("tokenizer_config.json", "{\"bos_token\": \"<s>\", \"eos_token\": \"<turn>\", \"tokenizer_class\": \"PreTrainedTokenizerFast\"}");
        assertThat(tokens()).isEqualTo(new SpecialTokens(1, List.of(2, 9), -1));
    }

    /// SmolLM2: GPT-2's tokenizer class adds nothing, whatever config.json says.
    @Test
    void byteLevelTokenizerWithoutAWordOnItAddsNothing() throws IOException {
        write("tokenizer.json", PLAIN.formatted(BYTE_LEVEL));
        write("tokenizer_config.json", "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"tokenizer_class\": \"GPT2Tokenizer\"}");
        assertThat(tokens().bos()).isEqualTo(-1);
    }

    /// Gemma: tokens as objects, named in `special_tokens_map.json` only; ids in `added_tokens_decoder`.
    @Test
    void objectsAndTheMapOfSpecialTokensAreRead() throws IOException {
        write("tokenizer_config.json", "{\"add_bos_token\": true, \"added_tokens_decoder\": {\"3\": {\"content\": \"<bos>\"},"
                + " \"0\": {\"content\": \"<pad>\"}, \"5\": {\"content\": \"<eos>\"}}}");
        write("special_tokens_map.json", "{\"bos_token\": {\"content\": \"<bos>\"},"
                + " \"eos_token\": {\"content\": \"<eos>\"}, \"pad_token\": \"<pad>\"}");
        assertThat(tokens()).isEqualTo(new SpecialTokens(3, List.of(2, 5), 0));
    }

    /// The vocabulary may stand before the post-processor.
    @Test
    void orderOfTheTokenizersPartsDoesNotMatter() throws IOException {
        write("tokenizer.json", "{\"model\": {\"vocab\": {\"a\": 50}}, \"post_processor\": " + BYTE_LEVEL + ", \"added_tokens\": []}");
        assertThat(tokens().bos()).isEqualTo(-1);
    }

    @Test
    void writtenConfigSaysTheSameAgain() throws IOException {
        write("tokenizer_config.json", "{\"add_bos_token\": false}");
        write("generation_config.json", "{\"eos_token_id\": [9, 2]}");
        Architecture read = ConfigJson.read(folder);
        Files.delete(folder.resolve("tokenizer_config.json"));
        Files.delete(folder.resolve("generation_config.json"));
        ConfigJson.write(folder, read, LinearMode.FULL, DType.F32);
        assertThat(ConfigJson.read(folder)).isEqualTo(read);
    }

    @Test
    void damagedFilesAreNamed() throws IOException {
        write("generation_config.json", "{\"eos_token_id\": [9, 100]}");
        assertThatThrownBy(this::tokens).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("generation_config.json: eos_token_id is [9,100]");
        write("generation_config.json", "{\"eos_token_id\"");
        assertThatThrownBy(this::tokens).isInstanceOf(InvalidInput.class).hasMessageContaining("generation_config.json is not valid JSON");
    }
}
