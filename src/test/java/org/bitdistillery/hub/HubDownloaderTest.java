package org.bitdistillery.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.SettingsFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Downloads from a hub on this machine that also misbehaves.
class HubDownloaderTest {

    private static final Patience SHORT = new Patience(
            Duration.ofSeconds(5), Duration.ofMillis(400), Duration.ofMillis(2), 4, Duration.ofSeconds(30));
    private static final ModelName NAME = ModelName.parse("org/small");
    private static final String WEIGHTS = "model.safetensors";
    private static final String SECRET = "hf_verySecret";

    @TempDir Path home;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<DownloadProgress> progress = new ArrayList<>();
    private FakeHub hub;

    @BeforeEach
    void openHub() throws IOException {
        hub = new FakeHub();
        environment.put("HF_HOME", home.toString());
        environment.put("HF_ENDPOINT", hub.address().toString());
    }

    @AfterEach
    void closeHub() throws IOException {
        hub.close();
    }

    @Test
    void aModelArrivesInTheLayoutOfTheHubsOwnToolsAndTheLibraryFindsIt() throws Exception {
        Path folder = download();

        Path model = home.resolve("hub/models--org--small");
        assertThat(folder).isEqualTo(model.resolve("snapshots").resolve(FakeHub.COMMIT));
        assertThat(model.resolve("refs/main")).hasContent(FakeHub.COMMIT);
        byte[] weights = hub.content(WEIGHTS);
        assertThat(Files.readSymbolicLink(folder.resolve(WEIGHTS))).isEqualTo(Path.of("../../blobs").resolve(FakeHub.sha256(weights)));
        assertThat(folder.resolve(WEIGHTS)).hasBinaryContent(weights);
        assertThat(model.resolve("blobs").resolve(FakeHub.gitId(hub.content("config.json")))).hasBinaryContent(hub.content("config.json"));
        assertThat(incomplete()).isEmpty();
        assertThat(progress.getLast().bytes()).isEqualTo(progress.getLast().size()).isEqualTo(plan().size());
        LibraryModel found = new ModelLibrary(SettingsFile.forgetful(), new HubCache(home.resolve("hub")), home).find("org/small");
        assertThat(found.facts().canTeach()).as(found.facts().problem()).isTrue();
        assertThat(found.facts().license()).isEqualTo("apache-2.0");
        assertThat(new HubCache(home.resolve("hub")).folder("org/small")).isEqualTo(folder);
    }

    @Test
    void thePlanListsSizesAndOnlyWhatIsNeeded() throws Exception {
        hub.put("pytorch_model.bin", "pickle");
        hub.put("onnx/model.onnx", "large");
        hub.put("original/model.safetensors", "large");
        hub.put("modeling_small.py", "import os");
        DownloadPlan plan = plan();

        assertThat(plan.items()).extracting(item -> item.file().path()).containsExactlyInAnyOrder("config.json", WEIGHTS, "tokenizer.json", "README.md");
        assertThat(plan.size()).isEqualTo(plan.missingBytes()).isGreaterThan(hub.content(WEIGHTS).length);
        assertThat(plan.license()).isEqualTo("apache-2.0");
        assertThat(plan.concern()).isNull();
        assertThat(plan.freeBytes()).isPositive();
        assertThat(hub.requestsFor(WEIGHTS)).isEmpty();
    }

    @Test
    void patternsChooseFilesAndWhatIsDangerousIsRefused() throws Exception {
        hub.put("pytorch_model.bin", "pickle");
        hub.put("modeling_small.py", "import os");
        try (HubDownloader downloader = downloader()) {
            DownloadPlan all = downloader.plan(NAME, new FileChoice(List.of("*"), List.of("*.md")), DownloadWatcher.SILENT);
            assertThat(all.items()).extracting(item -> item.file().path()).containsExactlyInAnyOrder("config.json", WEIGHTS, "tokenizer.json");
            assertThat(all.refused()).extracting(DownloadPlan.Refused::path).containsExactly("pytorch_model.bin", "modeling_small.py");
            assertRefused("pickle", () -> downloader.plan(NAME, new FileChoice(List.of("pytorch_model.bin"), List.of()), DownloadWatcher.SILENT));
            assertRefused("no file that the patterns choose",
                    () -> downloader.plan(NAME, new FileChoice(List.of("*.gguf"), List.of()), DownloadWatcher.SILENT));
        }
    }

    @Test
    void modelsThatCannotBeUsedAreToldBeforeTheirWeightsAreFetched() throws Exception {
        hub.put("config.json", "{\"model_type\": \"small\", \"auto_map\": {\"AutoModel\": \"modeling_small.Small\"}}");
        assertRefused("asks to run code of the repository (auto_map: modeling_small.Small)", this::plan);
        hub.put("config.json", "{\"model_type\": \"gpt_neox\"}");
        assertThat(plan().concern()).startsWith("config.json: model_type is \"gpt_neox\"");
        hub.remove(WEIGHTS);
        assertRefused("no weights in safetensors", this::plan);
        hub.put("pytorch_model.bin", "pickle");
        assertRefused("keeps its weights in pytorch_model.bin, a pickle file", this::plan);
    }

    @Test
    void anInterruptedDownloadGoesOnWhereItEnded() throws Exception {
        byte[] weights = hub.content(WEIGHTS);
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> half(weights, answer), (request, answer) -> hub.rest(weights, request, answer));

        assertThat(download().resolve(WEIGHTS)).hasBinaryContent(weights);

        assertThat(hub.requestsFor("/cdn/" + WEIGHTS)).extracting(TestServer.Request::firstByte).containsExactly(0, weights.length / 2);
        assertThat(notes).anyMatch(note -> note.contains("the connection broke after") && note.contains("attempt 2 of 4"));
    }

    @Test
    void aLaterDownloadGoesOnWithWhatACutOffOneLeft() throws Exception {
        byte[] weights = hub.content(WEIGHTS);
        hub.always("/cdn/" + WEIGHTS, (_, answer) -> answer.empty(503));
        Files.createDirectories(home.resolve("hub/models--org--small/blobs"));
        Path left = home.resolve("hub/models--org--small/blobs").resolve(FakeHub.sha256(weights) + ".incomplete");
        Files.write(left, Arrays.copyOf(weights, 1000));
        assertRefused("answers 503", this::download);
        assertThat(left).hasSize(1000);
        assertThat(plan().missingBytes()).isEqualTo(plan().size() - 1000 - weightsExcept(WEIGHTS));

        hub.close();
        openHub();
        assertThat(download().resolve(WEIGHTS)).hasBinaryContent(weights);
        assertThat(hub.requestsFor("/cdn/" + WEIGHTS)).extracting(TestServer.Request::firstByte).containsExactly(1000);
        int requests = hub.server().requests().size();
        download();
        assertThat(hub.server().requests()).as("listing and configuration, no file").hasSize(requests + 2);
    }

    @Test
    void aServerThatKnowsNoRangesBeginsAnew() throws Exception {
        byte[] weights = hub.content(WEIGHTS);
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> half(weights, answer), (_, answer) -> answer.whole(200, weights));
        assertThat(download().resolve(WEIGHTS)).hasBinaryContent(weights);
    }

    @Test
    void aServerThatLiesAboutLengthIsCaught() throws Exception {
        byte[] weights = hub.content(WEIGHTS);
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> answer.whole(200, Arrays.copyOf(weights, weights.length + 100)));
        assertRefused("now announces another length", this::download);
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> {
            answer.head(200);
            answer.out().write(Arrays.copyOf(weights, weights.length + 100));
        });
        assertRefused("sends more than the 4,463,120 bytes", this::download);
        assertThat(home.resolve("hub/models--org--small/snapshots").resolve(FakeHub.COMMIT).resolve(WEIGHTS)).doesNotExist();
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> half(weights, answer),
                (_, answer) -> answer.whole(206, Arrays.copyOfRange(weights, 7, weights.length), "Content-Range: bytes 7-99/100"));
        assertRefused("now announces another length", this::download);
    }

    @Test
    void aConnectionThatStaysBrokenOrSilentIsOneSentenceAndKeepsWhatCame() throws Exception {
        byte[] weights = hub.content(WEIGHTS);
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> half(weights, answer));
        hub.always("/cdn/" + WEIGHTS, (_, _) -> { });
        assertRefused("broke after 2,231,560 of 4,463,120 bytes of model.safetensors", this::download);
        assertThat(incomplete()).hasSize(1).allMatch(file -> file.toFile().length() == weights.length / 2);

        hub.close();
        openHub();
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> {
            answer.head(206, "Content-Length: " + weights.length / 2,
                    "Content-Range: bytes " + weights.length / 2 + "-" + (weights.length - 1) + "/" + weights.length);
            answer.out().flush();
            sleep(3000);
        });
        assertThat(download().resolve(WEIGHTS)).as("the silent connection is given up").hasBinaryContent(weights);
    }

    @Test
    void aWrongHashIsToldAndNothingOfItStays() throws Exception {
        byte[] wrong = hub.content(WEIGHTS).clone();
        wrong[wrong.length - 1] ^= 1;
        hub.always("/cdn/" + WEIGHTS, (request, answer) -> hub.rest(wrong, request, answer));
        assertRefused("arrived with another SHA-256", this::download);
        assertThat(incomplete()).isEmpty();

        hub.next("/" + FakeHub.COMMIT + "/tokenizer.json", (_, answer) -> answer.whole(200, new byte[hub.content("tokenizer.json").length]));
        hub.remove(WEIGHTS);
        hub.put("model-00001-of-00001.safetensors", "weights");
        assertRefused("tokenizer.json of org/small arrived with another git id", this::download);
    }

    @Test
    void whatAnEarlierDownloadSpoiledIsFetchedAnew() throws Exception {
        byte[] weights = hub.content(WEIGHTS);
        Path blobs = Files.createDirectories(home.resolve("hub/models--org--small/blobs"));
        Files.write(blobs.resolve(FakeHub.sha256(weights) + ".incomplete"), new byte[5000]);
        assertThat(download().resolve(WEIGHTS)).hasBinaryContent(weights);
        assertThat(notes).anyMatch(note -> note.contains("fetched anew"));
    }

    @Test
    void busyServersAreAskedAgainAfterThePauseThatTheyWant() throws Exception {
        hub.next("revision/main", (_, answer) -> answer.empty(429, "Retry-After: 1"), (_, answer) -> answer.empty(503));
        long start = System.nanoTime();
        plan();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
        assertThat(notes).anyMatch(note -> note.contains("answers 429; attempt 2 of 4 in 1.0 s"));

        hub.next("revision/main", (_, answer) -> answer.empty(429, "Retry-After: 3600"));
        assertRefused("too many requests (429) and asks to wait 1 h 00 min", this::plan);
        hub.always("revision/main", (_, answer) -> answer.empty(500));
        assertRefused("answers 500, which means trouble on its side", this::plan);
    }

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
    void aCancelledDownloadStopsAtOnceAndGoesOnLater() throws Exception {
        byte[] weights = hub.content(WEIGHTS);
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> {
            answer.head(200, "Content-Length: " + weights.length);
            answer.out().write(weights, 0, 100_000);
            answer.out().flush();
            sleep(10_000);
        });
        DownloadWatcher impatient = new DownloadWatcher() {
            @Override
            public boolean mayContinue() {
                return incomplete().stream().noneMatch(file -> file.toFile().length() == 100_000);
            }
        };
        Patience long60 = new Patience(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMillis(2), 4, Duration.ofSeconds(30));
        try (HubDownloader downloader = new HubDownloader(HubPlaces.of(environment, home, ""), environment, long60)) {
            DownloadPlan plan = downloader.plan(NAME, FileChoice.NEEDED, DownloadWatcher.SILENT);
            assertThatThrownBy(() -> downloader.download(plan, impatient)).isInstanceOf(DownloadCancelled.class);
        }
        assertThat(incomplete()).hasSize(1);
        assertThat(download().resolve(WEIGHTS)).hasBinaryContent(weights);
        assertThat(hub.requestsFor("/cdn/" + WEIGHTS).getLast().firstByte()).isEqualTo(100_000);
    }

    @Test
    void twoDownloadsOfOneModelDoNotWriteTheSameFile() throws Exception {
        DownloadPlan plan = plan();
        try (CacheWriter _ = CacheWriter.open(home.resolve("hub"), NAME); HubDownloader downloader = downloader()) {
            assertRefused("Another download of org/small goes on", () -> downloader.download(plan, DownloadWatcher.SILENT));
        }
    }

    @Test
    void tooLittleSpaceIsToldBeforeAnythingIsFetched() throws Exception {
        DownloadPlan plan = plan();
        HubFile huge = new HubFile("model.safetensors", 1L << 49, "0".repeat(64), null);
        DownloadPlan tooLarge = new DownloadPlan(plan.model(), plan.server(), plan.commit(), null,
                List.of(new DownloadPlan.Item(huge, 0)), List.of(), null, plan.freeBytes());
        try (HubDownloader downloader = downloader()) {
            assertRefused("org/small still needs 512 TiB", () -> downloader.download(tooLarge, DownloadWatcher.SILENT));
        }
        assertThat(hub.requestsFor(WEIGHTS)).isEmpty();
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

    private DownloadPlan plan() {
        try (HubDownloader downloader = downloader()) {
            return downloader.plan(NAME, FileChoice.NEEDED, watcher());
        }
    }

    private Path download() {
        try (HubDownloader downloader = downloader()) {
            return downloader.download(downloader.plan(NAME, FileChoice.NEEDED, watcher()), watcher());
        }
    }

    private HubDownloader downloader() {
        return new HubDownloader(HubPlaces.of(environment, home, ""), environment, SHORT);
    }

    private DownloadWatcher watcher() {
        return new DownloadWatcher() {
            @Override
            public void progressed(DownloadProgress now) {
                progress.add(now);
            }

            @Override
            public void noted(String sentence) {
                notes.add(sentence);
            }
        };
    }

    /// One sentence or two for people, without a line feed, a class name or the secret.
    private static void assertRefused(String expected, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOf(InvalidInput.class).hasMessageContaining(expected).hasMessageNotContaining("\n")
                .hasMessageNotContaining("Exception").hasMessageNotContaining(SECRET);
    }

    private List<Path> incomplete() {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> file.toString().endsWith(".incomplete")).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Bytes of the files that come before the weights, which are here already.
    private long weightsExcept(String large) {
        return plan().items().stream().filter(item -> !item.file().path().equals(large)).mapToLong(DownloadPlan.Item::presentBytes).sum();
    }

    private static void half(byte[] content, TestServer.Answer answer) throws IOException {
        answer.head(200, "Content-Length: " + content.length);
        answer.out().write(content, 0, content.length / 2);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
