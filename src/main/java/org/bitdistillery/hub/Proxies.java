package org.bitdistillery.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bitdistillery.config.InvalidInput;

/// The proxy on the way to a server: the one that Java was told (`-Dhttps.proxyHost`), else that of `HTTPS_PROXY`,
/// `HTTP_PROXY` or `ALL_PROXY`, unless `NO_PROXY` lists the server.
final class Proxies extends ProxySelector {

    private static final Map<String, String> VARIABLES = Map.of("https", "HTTPS_PROXY", "http", "HTTP_PROXY");

    private final Map<String, String> environment;

    Proxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI uri) {
        ProxySelector java = ProxySelector.getDefault();
        List<Proxy> told = java == null ? List.of() : java.select(uri);
        if (told.stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT)) {
            return told;
        }
        return ofEnvironment(uri)
                .map(proxy -> List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port(proxy)))))
                .orElse(List.of(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // There is no other proxy to choose; the request tells of the failure.
    }

    /// Value of `Proxy-Authorization` where the proxy's address in the environment has a user.
    Optional<String> authorization(URI uri) {
        return ofEnvironment(uri).map(URI::getUserInfo).map(user ->
                "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    private Optional<URI> ofEnvironment(URI uri) {
        if (isExempt(uri)) {
            return Optional.empty();
        }
        String variable = VARIABLES.getOrDefault(uri.getScheme().toLowerCase(Locale.ROOT), "ALL_PROXY");
        return value(variable).map(text -> proxy(text, variable))
                .or(() -> value("ALL_PROXY").map(text -> proxy(text, "ALL_PROXY")));
    }

    private boolean isExempt(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        String withPort = host + ":" + (uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("http") ? 80 : 443);
        for (String entry : value("NO_PROXY").orElse("").toLowerCase(Locale.ROOT).split(",")) {
            String name = entry.strip().replaceFirst("^\\*?\\.", "");
            if (name.equals("*") || !name.isEmpty() && (host.equals(name) || host.endsWith("." + name) || withPort.equals(name))) {
                return true;
            }
        }
        return false;
    }

    private static URI proxy(String text, String variable) {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() != null && "http".equalsIgnoreCase(uri.getScheme())) {
                return uri;
            }
        } catch (java.net.URISyntaxException e) {
            // Told below, without the text: it may hold a password.
        }
        throw new InvalidInput(variable + " names no HTTP proxy. Write it like http://proxy.example:8080.");
    }

    private static int port(URI proxy) {
        return proxy.getPort() >= 0 ? proxy.getPort() : 80;
    }

    /// Programs agree on small letters, too.
    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT))).or(() -> Optional.ofNullable(environment.get(name)))
                .map(String::strip).filter(text -> !text.isEmpty());
    }
}
