package org.bitdistillery.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubPlacesTest {

    private static final Path HOME = Path.of("/home/ada");

    @TempDir Path folder;

    @Test
    void placesAreThoseOfTheHubsOwnTools() {
        assertThat(places(Map.of()).cache()).isEqualTo(HOME.resolve(".cache/huggingface/hub"));
        assertThat(places(Map.of()).tokenFile()).isEqualTo(HOME.resolve(".cache/huggingface/token"));
        assertThat(places(Map.of()).endpoint()).isEqualTo(HubPlaces.HUGGING_FACE);
        assertThat(places(Map.of("XDG_CACHE_HOME", "/var/ada")).cache()).isEqualTo(Path.of("/var/ada/huggingface/hub"));
        assertThat(places(Map.of("HF_HOME", "~/hf", "XDG_CACHE_HOME", "/x")).cache()).isEqualTo(HOME.resolve("hf/hub"));
        assertThat(places(Map.of("HF_HOME", "/hf")).tokenFile()).isEqualTo(Path.of("/hf/token"));
        assertThat(places(Map.of("HF_HOME", "/hf", "HF_HUB_CACHE", "/disk/hub")).cache()).isEqualTo(Path.of("/disk/hub"));
        assertThat(places(Map.of("HF_HUB_OFFLINE", "1")).offline()).isTrue();
    }

    @Test
    void theServerIsTheSettingUnlessTheEnvironmentNamesOne() {
        assertThat(HubPlaces.of(Map.of(), HOME, "https://mirror.example/hf/").endpoint()).isEqualTo(URI.create("https://mirror.example/hf"));
        assertThat(HubPlaces.of(Map.of("HF_ENDPOINT", "http://localhost:8080"), HOME, "https://mirror.example").endpoint())
                .isEqualTo(URI.create("http://localhost:8080"));
        for (String wrong : new String[] {"mirror", "ftp://mirror.example", "https://ada:secret@mirror.example", "https://a?b=c"}) {
            assertThatThrownBy(() -> HubPlaces.of(Map.of(), HOME, wrong)).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("address of the model server").hasMessageNotContaining("secret");
        }
    }

    @Test
    void tokensComeFromTheEnvironmentBeforeTheFileAndAreNeverShown() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "hf_file\n");
        assertThat(places(Map.of("HF_TOKEN_PATH", file.toString())).token().orElseThrow().header()).isEqualTo("Bearer hf_file");
        HubPlaces both = places(Map.of("HF_TOKEN_PATH", file.toString(), "HF_TOKEN", "hf_environment"));
        assertThat(both.token().orElseThrow().header()).isEqualTo("Bearer hf_environment");
        assertThat(both.toString()).doesNotContain("hf_environment");
        assertThatThrownBy(() -> places(Map.of("HF_TOKEN", "hf_sec\nret"))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("HF_TOKEN holds no token").hasMessageNotContaining("sec");
        Files.write(file, new byte[] {'h', 'f', (byte) 0xff, 0});
        assertThatThrownBy(() -> places(Map.of("HF_TOKEN_PATH", file.toString())).token()).isInstanceOf(InvalidInput.class);
    }

    @Test
    void namesBecomeFoldersAndBack() {
        ModelName name = ModelName.parse("Qwen/Qwen3-0.6B@refs/pr/3");
        assertThat(name.id()).isEqualTo("Qwen/Qwen3-0.6B");
        assertThat(name.revision()).isEqualTo("refs/pr/3");
        assertThat(name.folder()).isEqualTo("models--Qwen--Qwen3-0.6B");
        assertThat(ModelName.idOfFolder(name.folder())).contains("Qwen/Qwen3-0.6B");
        assertThat(ModelName.idOfFolder("models--gpt2")).contains("gpt2");
        assertThat(ModelName.idOfFolder("datasets--glue")).isEmpty();
        assertThat(ModelName.parse("org/name")).hasToString("org/name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "name", "a/b/c", "../etc", "org/..", "org/na me", "/org/name", "org/name@", "org/name@../x", "org/n--m",
            "org/name@a//b", "C:\\models", "org/\u0000"})
    void otherTextsAreNoNames(String text) {
        assertThatThrownBy(() -> ModelName.parse(text)).isInstanceOf(InvalidInput.class);
    }

    private static HubPlaces places(Map<String, String> environment) {
        return HubPlaces.of(environment, HOME, "");
    }
}
