package org.bitdistillery.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bitdistillery.platform.Machine;

/// Requests to the hub. Redirects are followed by hand, so that the token goes to the hub alone and never to the host that
/// the hub points at, nor over a connection that others can read.
final class HubHttp implements AutoCloseable {

    private static final int MOST_REDIRECTS = 8;
    private static final long ASK_MILLIS = 100;
    private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

    private final HubPlaces places;
    private final Optional<HubToken> token;
    private final Proxies proxies;
    private final Patience patience;
    private final HttpClient client;

    /// @throws org.bitdistillery.config.InvalidInput where the token or a proxy is none
    HubHttp(HubPlaces places, Map<String, String> environment, Patience patience) {
        this.places = places;
        this.patience = patience;
        token = places.token();
        proxies = new Proxies(environment);
        if (proxies.authorization(places.endpoint()).isPresent() && System.getProperty(TUNNEL_SCHEMES) == null) {
            // Java leaves out a proxy's password on the way to https servers unless it is told otherwise.
            System.setProperty(TUNNEL_SCHEMES, "");
        }
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience.answer()).proxy(proxies).build();
    }

    boolean hasToken() {
        return token.isPresent();
    }

    String server() {
        return places.endpoint().getHost();
    }

    /// An address on the hub.
    ///
    /// @param path with each segment escaped
    URI address(String path) {
        return URI.create(places.endpoint() + "/" + path);
    }

    /// Asks for an address and follows redirects. The body of the answer is not read yet, and has to be closed.
    ///
    /// @param firstByte 0, or where an interrupted download goes on
    /// @throws IOException       where there was no answer
    /// @throws HubException      where a redirect leads astray
    /// @throws DownloadCancelled where the watcher no longer wants it
    HttpResponse<InputStream> get(URI address, long firstByte, DownloadWatcher watcher) throws IOException {
        URI at = address;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            HttpResponse<InputStream> response = send(request(at, firstByte).build(), watcher);
            Optional<String> location = response.headers().firstValue("Location");
            if (!isRedirect(response.statusCode()) || location.isEmpty()) {
                return response;
            }
            response.body().close();
            at = target(at, location.get());
        }
        throw new HubException(server() + " redirects in a circle. Try again later, or choose another server.");
    }

    /// Size and hash of a file, from the headers that come with it or with the link to it: one question, no file.
    ///
    /// @throws HubException where there is no answer
    HubFile describe(URI address, String path, DownloadWatcher watcher) {
        URI at = address;
        try {
            for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
                HttpResponse<InputStream> response = send(request(at, 0).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(), watcher);
                response.body().close();
                HttpHeaders headers = response.headers();
                String hash = headers.firstValue("X-Linked-Etag").or(() -> headers.firstValue("ETag")).orElse("")
                        .replaceFirst("^W/", "").replace("\"", "");
                boolean linked = headers.firstValue("X-Linked-Etag").isPresent();
                if (!linked && isRedirect(response.statusCode()) && headers.firstValue("Location").isPresent()) {
                    at = target(at, headers.firstValue("Location").get());
                    continue;
                }
                long size = headers.firstValueAsLong("X-Linked-Size").orElse(linked ? -1 : headers.firstValueAsLong("Content-Length").orElse(-1));
                return new HubFile(path, size, hash.matches("[0-9a-f]{64}") ? hash : null, hash.matches("[0-9a-f]{40}") ? hash : null);
            }
        } catch (IOException e) {
            throw new HubException(server() + " cannot be reached: " + Replies.reason(e) + ". Try again later.", e);
        }
        throw new HubException(server() + " redirects in a circle. Try again later, or choose another server.");
    }

    private HttpRequest.Builder request(URI uri, long firstByte) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).GET().timeout(patience.answer())
                .header("User-Agent", "bitdistillery/" + Machine.programVersion().replaceAll("[^A-Za-z0-9.-]", ""))
                .header("Accept-Encoding", "identity");
        if (firstByte > 0) {
            request.header("Range", "bytes=" + firstByte + "-");
        }
        if (mayKnowTheToken(uri)) {
            token.ifPresent(secret -> request.header("Authorization", secret.header()));
        }
        proxies.authorization(uri).ifPresent(user -> request.header("Proxy-Authorization", user));
        return request;
    }

    /// Only the hub itself, and only where nobody can listen.
    boolean mayKnowTheToken(URI uri) {
        URI hub = places.endpoint();
        boolean same = hub.getScheme().equalsIgnoreCase(uri.getScheme()) && hub.getHost().equalsIgnoreCase(uri.getHost())
                && hub.getPort() == uri.getPort();
        return same && (uri.getScheme().equalsIgnoreCase("https") || isThisMachine(uri.getHost()));
    }

    private static boolean isThisMachine(String host) {
        try {
            boolean address = host.matches("[0-9.]+|\\[[0-9a-fA-F:]+\\]");
            return host.equalsIgnoreCase("localhost") || address && InetAddress.getByName(host).isLoopbackAddress();
        } catch (java.net.UnknownHostException e) {
            return false;
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request, DownloadWatcher watcher) throws IOException {
        CompletableFuture<HttpResponse<InputStream>> answer = client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
        while (true) {
            try {
                return answer.get(ASK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!watcher.mayContinue()) {
                    answer.cancel(true);
                    throw new DownloadCancelled();
                }
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new DownloadCancelled();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            }
        }
    }

    private URI target(URI from, String location) {
        URI target;
        try {
            target = from.resolve(location.strip());
        } catch (IllegalArgumentException e) {
            throw new HubException(server() + " redirects to an address that is none. Choose another server.");
        }
        boolean web = "https".equalsIgnoreCase(target.getScheme()) || "http".equalsIgnoreCase(target.getScheme());
        boolean weaker = "https".equalsIgnoreCase(from.getScheme()) && !"https".equalsIgnoreCase(target.getScheme());
        if (!web || weaker || target.getHost() == null) {
            throw new HubException(server() + " redirects to an address that is not safe (no https). Choose another server.");
        }
        return target;
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    static String escape(String segment) {
        StringBuilder text = new StringBuilder();
        for (byte b : segment.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || "-._~".indexOf(b) >= 0;
            text.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b));
        }
        return text.toString();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
