package org.bitdistillery.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {

    private static final Path HOME = Path.of("/home/ada");

    @TempDir Path folder;

    @Test
    void eachOperatingSystemHasItsPlace() {
        assertThat(SettingsFile.folder(Map.of(), HOME, "Linux")).isEqualTo(HOME.resolve(".config/bitdistillery"));
        assertThat(SettingsFile.folder(Map.of("XDG_CONFIG_HOME", "/etc/ada"), HOME, "Linux")).isEqualTo(Path.of("/etc/ada/bitdistillery"));
        assertThat(SettingsFile.folder(Map.of("XDG_CONFIG_HOME", "relative"), HOME, "Linux")).isEqualTo(HOME.resolve(".config/bitdistillery"));
        assertThat(SettingsFile.folder(Map.of(), HOME, "Mac OS X")).isEqualTo(HOME.resolve("Library/Application Support/BitDistillery"));
        assertThat(SettingsFile.folder(Map.of("APPDATA", "/appdata"), HOME, "Windows 11")).isEqualTo(Path.of("/appdata/BitDistillery"));
        assertThat(SettingsFile.folder(Map.of("BITDISTILLERY_CONFIG_HOME", "/mine"), HOME, "Linux")).isEqualTo(Path.of("/mine"));
    }

    @Test
    void whatIsSetIsThereAgainAfterARestart() {
        SettingsFile.in(folder.resolve("new")).change(settings -> settings.withTheme("DARK").withModelFolder("/a").withModelFolder("/b")
                .withModelFolder("/a"));
        UserSettings read = SettingsFile.in(folder.resolve("new")).read();
        assertThat(read).isEqualTo(new UserSettings(java.util.List.of("/a", "/b"), "", "DARK"));
        assertThat(read.withoutModelFolder("/a").modelFolders()).containsExactly("/b");
    }

    @Test
    void aBrokenFileIsOneSentenceAndNotOverwritten() throws Exception {
        Path file = Files.writeString(folder.resolve("settings.json"), "{\"theme\": ");
        assertThatThrownBy(() -> SettingsFile.in(folder).change(settings -> settings.withTheme("DARK"))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("settings.json is not valid").hasMessageContaining("delete it");
        assertThat(file).hasContent("{\"theme\": ");
    }
}
