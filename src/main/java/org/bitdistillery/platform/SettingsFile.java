package org.bitdistillery.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bitdistillery.config.InvalidInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Where [UserSettings] are kept: `settings.json` in the folder that the operating system gives programs for that.
public final class SettingsFile {

    /// Names another folder than the operating system's.
    public static final String FOLDER_VARIABLE = "BITDISTILLERY_CONFIG_HOME";

    private static final String FILE = "settings.json";
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path file;
    private UserSettings unsaved = UserSettings.DEFAULTS;

    private SettingsFile(Path file) {
        this.file = file;
    }

    /// That of the user who runs this program.
    public static SettingsFile ofUser() {
        return in(folder(System.getenv(), Path.of(System.getProperty("user.home")), System.getProperty("os.name")));
    }

    public static SettingsFile in(Path folder) {
        return new SettingsFile(folder.resolve(FILE));
    }

    /// Settings that are forgotten at the end.
    public static SettingsFile forgetful() {
        return new SettingsFile(null);
    }

    /// The configuration folder: `%APPDATA%` on Windows, `~/Library/Application Support` on macOS, `$XDG_CONFIG_HOME` or
    /// `~/.config` elsewhere.
    static Path folder(Map<String, String> environment, Path home, String os) {
        String chosen = environment.getOrDefault(FOLDER_VARIABLE, "");
        if (!chosen.isBlank()) {
            return Path.of(chosen);
        }
        if (os.startsWith("Windows")) {
            return below(environment.get("APPDATA"), home.resolve("AppData").resolve("Roaming")).resolve("BitDistillery");
        }
        if (os.startsWith("Mac")) {
            return home.resolve("Library").resolve("Application Support").resolve("BitDistillery");
        }
        return below(environment.get("XDG_CONFIG_HOME"), home.resolve(".config")).resolve("bitdistillery");
    }

    /// XDG asks to ignore relative paths.
    private static Path below(String named, Path usual) {
        return named == null || named.isBlank() || !Path.of(named).isAbsolute() ? usual : Path.of(named);
    }

    /// What was set; the defaults where nothing was.
    ///
    /// @throws InvalidInput where the file cannot be read or holds something else
    public synchronized UserSettings read() {
        if (file == null) {
            return unsaved;
        }
        try {
            return JSON.readValue(Files.readString(file), UserSettings.class);
        } catch (NoSuchFileException e) {
            return UserSettings.DEFAULTS;
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be read (" + e.getMessage() + "). Check its permissions.", e);
        } catch (JacksonException e) {
            throw new InvalidInput(file + " is not valid (" + e.getOriginalMessage() + "). Mend it, or delete it to begin anew.", e);
        }
    }

    /// Changes what is set, whole or not at all.
    ///
    /// @throws InvalidInput where the file cannot be read or written
    public synchronized UserSettings change(UnaryOperator<UserSettings> change) {
        UserSettings changed = change.apply(read());
        if (file == null) {
            unsaved = changed;
            return changed;
        }
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
        AtomicFiles.write(file, JSON.writeValueAsString(changed) + "\n");
        return changed;
    }
}
