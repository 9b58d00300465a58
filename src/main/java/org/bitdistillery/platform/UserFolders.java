package org.bitdistillery.platform;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// Where an operating system wants programs to keep what they can make again.
public final class UserFolders {

    private static final String NAME = "bitdistillery";

    private UserFolders() {}

    /// This program's folder there; it may not exist yet. The variable `BITDISTILLERY_CACHE` names another one.
    public static Path cache() {
        return cache(System.getProperty("os.name"), Path.of(System.getProperty("user.home")), System.getenv());
    }

    static Path cache(String os, Path home, Map<String, String> environment) {
        String chosen = environment.getOrDefault("BITDISTILLERY_CACHE", "");
        if (!chosen.isBlank()) {
            return Path.of(chosen);
        }
        String system = os.toLowerCase(Locale.ROOT);
        if (system.contains("mac")) {
            return home.resolve("Library/Caches").resolve(NAME);
        }
        if (system.contains("win")) {
            String local = environment.getOrDefault("LOCALAPPDATA", "");
            return (local.isBlank() ? home.resolve("AppData/Local") : Path.of(local)).resolve(NAME).resolve("cache");
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        return (xdg.isBlank() ? home.resolve(".cache") : Path.of(xdg)).resolve(NAME);
    }
}
