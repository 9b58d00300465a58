package org.bitdistillery.hub;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;

/// Where models of the hub are kept on this machine and which server they come from, told by the environment variables
/// of Hugging Face's own tools.
///
/// @param cache            `HF_HUB_CACHE`, `$HF_HOME/hub`, or `~/.cache/huggingface/hub`
/// @param tokenFile        `HF_TOKEN_PATH` or `$HF_HOME/token`; need not exist
/// @param environmentToken from `HF_TOKEN`
/// @param endpoint         the server, without a slash at the end
/// @param offline          whether `HF_HUB_OFFLINE` forbids downloads
public record HubPlaces(Path cache, Path tokenFile, Optional<HubToken> environmentToken, URI endpoint, boolean offline) {

    public static final URI HUGGING_FACE = URI.create("https://huggingface.co");

    /// @param setting server from the user's settings, which `HF_ENDPOINT` overrules; may be empty
    /// @throws InvalidInput where a variable holds something impossible
    public static HubPlaces of(Map<String, String> environment, Path home, String setting) {
        Path base = path(environment, home, "XDG_CACHE_HOME").orElse(home.resolve(".cache")).resolve("huggingface");
        Path own = path(environment, home, "HF_HOME").orElse(base);
        Path cache = path(environment, home, "HF_HUB_CACHE")
                .or(() -> path(environment, home, "HUGGINGFACE_HUB_CACHE"))
                .orElse(own.resolve("hub"));
        Path tokenFile = path(environment, home, "HF_TOKEN_PATH").orElse(own.resolve("token"));
        Optional<HubToken> token = value(environment, "HF_TOKEN")
                .or(() -> value(environment, "HUGGING_FACE_HUB_TOKEN"))
                .map(text -> HubToken.of(text, "HF_TOKEN"));
        String endpoint = value(environment, "HF_ENDPOINT").orElse(setting);
        return new HubPlaces(cache, tokenFile, token, endpoint.isBlank() ? HUGGING_FACE : endpoint(endpoint), isTrue(environment));
    }

    /// Those of the user who runs this program.
    public static HubPlaces ofUser(String endpointSetting) {
        return of(System.getenv(), Path.of(System.getProperty("user.home")), endpointSetting);
    }

    public HubPlaces withEndpoint(String text) {
        return new HubPlaces(cache, tokenFile, environmentToken, endpoint(text), offline);
    }

    /// The token to show to the server: that of the environment, or of the token file.
    ///
    /// @throws InvalidInput where it holds what no token has
    Optional<HubToken> token() {
        return environmentToken.or(() -> HubToken.read(tokenFile));
    }

    static URI endpoint(String text) {
        String trimmed = text.strip().replaceFirst("/+$", "");
        try {
            URI uri = new URI(trimmed);
            boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null) {
                return uri;
            }
        } catch (java.net.URISyntaxException e) {
            // Told below, without the text of the cause: it might hold a password.
        }
        throw new InvalidInput("The address of the model server is none. Write it like https://huggingface.co, without user name or query.");
    }

    private static Optional<Path> path(Map<String, String> environment, Path home, String name) {
        return value(environment, name)
                .map(text -> text.equals("~") || text.startsWith("~/") ? home + text.substring(1) : text)
                .map(Path::of);
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static boolean isTrue(Map<String, String> environment) {
        return value(environment, "HF_HUB_OFFLINE")
                .filter(text -> java.util.List.of("1", "ON", "YES", "TRUE").contains(text.toUpperCase(java.util.Locale.ROOT)))
                .isPresent();
    }
}
