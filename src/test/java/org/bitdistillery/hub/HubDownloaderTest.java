package org.bitdistillery.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bitdistillery.platform.SettingsFile;
import org.junit.jupiter.api.Test;

/// Downloads from a hub on this machine that also misbehaves.
class HubDownloaderTest extends HubCase {

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
        ModelLibrary library = new ModelLibrary(SettingsFile.forgetful(), new HubCache(home.resolve("hub")), home, _ -> DistillNeed.UNKNOWN);
        LibraryModel found = library.find("org/small");
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

        assertThat(plan.items()).extracting(item -> item.file().path())
                .containsExactlyInAnyOrder("config.json", WEIGHTS, "tokenizer.json", "README.md");
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

        assertThat(hub.requestsFor("/cdn/" + WEIGHTS)).extracting(TestServer.Request::firstByte).hasSize(2).first().isEqualTo(0);
        assertThat(hub.requestsFor("/cdn/" + WEIGHTS).getLast().firstByte()).as("what had arrived when the connection broke")
                .isBetween(1, weights.length / 2);
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
        Throwable refusal = catchThrowable(this::download);
        // The JDK's client drops the few buffers that it has not handed on when a connection breaks.
        assertThat(incomplete()).hasSize(1);
        int kept = (int) incomplete().getFirst().toFile().length();
        assertThat(kept).isBetween(weights.length / 2 - (1 << 18), weights.length / 2);
        assertRefused(String.format(Locale.ROOT, "broke after %,d of 4,463,120 bytes of model.safetensors", kept), () -> {
            throw refusal;
        });

        hub.close();
        openHub();
        hub.next("/cdn/" + WEIGHTS, (_, answer) -> {
            answer.head(206, "Content-Length: " + (weights.length - kept),
                    "Content-Range: bytes " + kept + "-" + (weights.length - 1) + "/" + weights.length);
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
}
