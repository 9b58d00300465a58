package org.bitdistillery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Whom a download talks to and believes: tokens, redirects, proxies, names of files, refusals.
class HubSafetyTest extends HubCase {

    @Test
    void refusalsOfTheHubSayWhatToDo() throws Exception {
        hub.next("revision/main", (_, answer) -> answer.empty(401));
        assertRefused("org/small is private, gated or not there at all (401)", this::plan);
        hub.next("revision/main", (_, answer) -> answer.empty(403, "X-Error-Code: GatedRepo"));
        assertRefused("is gated: accept its license on " + hub.address() + "/org/small, then set HF_TOKEN", this::plan);
        hub.next("revision/main", (_, answer) -> answer.empty(404, "X-Error-Code: RevisionNotFound"));
        assertRefused("has no revision \"main\"", this::plan);
        assertRefused("There is no model org/other on 127.0.0.1 (404)", () -> {
            try (HubDownloader downloader = downloader()) {
                downloader.plan(ModelName.parse("org/other"), FileChoice.NEEDED, DownloadWatcher.SILENT);
            }
        });
        hub.next("revision/main", (_, answer) -> answer.whole(200, "<html>Welcome to the hotel's network</html>".getBytes()));
        assertRefused("does not answer like a model hub", this::plan);
        environment.put("HF_TOKEN", SECRET);
        hub.next("revision/main", (_, answer) -> answer.whole(401, SECRET.getBytes()));
        assertRefused("does not accept your token (401)", this::plan);
        hub.close();
        assertRefused("127.0.0.1 cannot be reached: the connection was refused", this::plan);
        environment.put("HF_HUB_OFFLINE", "1");
        assertRefused("HF_HUB_OFFLINE is set", this::plan);
    }

    @Test
    void theTokenGoesToTheHubAloneAndIntoNoFile() throws Exception {
        environment.put("HF_TOKEN", SECRET);
        hub.next("revision/main", (_, answer) -> answer.empty(307, "Location: /api/models/org/small/revision/main?blobs=true"));
        download();

        assertThat(hub.requestsFor("revision/main")).hasSize(2).allMatch(request -> request.header("authorization").equals("Bearer " + SECRET));
        assertThat(hub.requestsFor("/cdn/" + WEIGHTS)).hasSize(1).allMatch(request -> request.header("authorization").isEmpty());
        assertThat(String.join(" ", notes)).doesNotContain(SECRET);
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).filter(path -> path.toFile().length() < 10_000).toList()) {
                assertThat(Files.readAllBytes(file)).as(file.toString()).asString().doesNotContain(SECRET);
            }
        }
    }

    @Test
    void theTokenNeverGoesOverAConnectionThatOthersCanRead() throws Exception {
        assertThat(mayKnowTheToken("https://hub.example", "https://hub.example/org/small")).isTrue();
        assertThat(mayKnowTheToken("http://127.0.0.1:8080", "http://127.0.0.1:8080/org/small")).isTrue();
        assertThat(mayKnowTheToken("http://hub.example", "http://hub.example/org/small")).isFalse();
        assertThat(mayKnowTheToken("https://hub.example", "http://hub.example/org/small")).isFalse();
        assertThat(mayKnowTheToken("https://hub.example", "https://hub.example:8443/org/small")).isFalse();
        assertThat(mayKnowTheToken("https://hub.example", "https://cdn.hub.example/org/small")).isFalse();
        assertThat(mayKnowTheToken("http://127.0.0.1.evil.example", "http://127.0.0.1.evil.example/x")).isFalse();
    }

    private boolean mayKnowTheToken(String endpoint, String address) {
        environment.put("HF_ENDPOINT", endpoint);
        try (HubHttp http = new HubHttp(HubPlaces.of(environment, home, ""), environment, SHORT)) {
            return http.mayKnowTheToken(java.net.URI.create(address));
        }
    }

    @Test
    void redirectsThatLeadAstrayAreNotFollowed() throws Exception {
        hub.always("revision/main", (_, answer) -> answer.empty(302, "Location: /api/models/org/small/revision/main"));
        assertRefused("redirects in a circle", this::plan);
        hub.close();
        openHub();
        hub.next("revision/main", (_, answer) -> answer.empty(302, "Location: file:///etc/passwd"));
        assertRefused("not safe", this::plan);
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> answer.empty(403));
        assertThat(download().resolve(WEIGHTS)).as("a link that has run out is asked for again").exists();
    }

    @Test
    void namesThatLeadOutOfTheFolderAreRefusedWithTheWholeModel() throws Exception {
        for (String path : List.of("../../../.bashrc", "/etc/passwd", "a/../../b", "C:\\\\boot.ini", "nul.json", "a//b")) {
            hub.put(path, "{}");
            assertRefused("whose name leads out of its folder or is none", this::plan);
            hub.remove(path);
        }
        assertThat(HubFile.isSafe("1_Pooling/config.json")).isTrue();
        assertThat(HubFile.isSafe(".gitattributes")).isTrue();
        hub.next("revision/main", (_, answer) -> answer.whole(200, "{\"sha\": \"../../../x\", \"siblings\": []}".getBytes()));
        assertRefused("does not answer like a model hub", this::plan);
    }

    @Test
    void aMirrorThatListsNoHashesIsAskedForThem() throws Exception {
        hub.listNoHashes();
        Path folder = download();
        assertThat(folder.resolve(WEIGHTS)).hasBinaryContent(hub.content(WEIGHTS));
        assertThat(folder.resolve(WEIGHTS).toRealPath().getFileName()).hasToString(FakeHub.sha256(hub.content(WEIGHTS)));
    }

    @Test
    void twoDownloadsOfOneModelDoNotWriteTheSameFile() throws Exception {
        DownloadPlan plan = plan();
        try (CacheWriter _ = CacheWriter.open(home.resolve("hub"), NAME); HubDownloader downloader = downloader()) {
            assertRefused("Another download of org/small goes on", () -> downloader.download(plan, DownloadWatcher.SILENT));
        }
    }

    @Test
    void aProxyOfTheEnvironmentIsUsedUnlessTheServerIsExempt() throws Exception {
        try (TestServer proxy = new TestServer((_, answer) -> answer.empty(502))) {
            environment.put("http_proxy", "http://ada:pass%20word@127.0.0.1:" + proxy.address().getPort());
            assertRefused("answers 502", this::plan);
            assertThat(proxy.requests().getFirst().target()).startsWith(hub.address() + "/api/models/org/small");
            assertThat(proxy.requests().getFirst().header("proxy-authorization")).isEqualTo("Basic YWRhOnBhc3Mgd29yZA==");
            assertThat(hub.server().requests()).isEmpty();
            environment.put("NO_PROXY", "example.org, 127.0.0.1");
            assertThat(plan().items()).isNotEmpty();
            assertThat(hub.server().requests()).allMatch(request -> request.header("proxy-authorization").isEmpty());
            environment.remove("NO_PROXY");
            environment.put("http_proxy", "socks5://127.0.0.1:1");
            assertRefused("http_proxy".toUpperCase(java.util.Locale.ROOT) + " names no HTTP proxy", this::plan);
        }
    }
}
