package org.bitdistillery.hub;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What tests of downloads share: a hub on this machine, and a watcher that remembers.
abstract class HubCase {

    static final Patience SHORT = new Patience(
            Duration.ofSeconds(5), Duration.ofMillis(400), Duration.ofMillis(2), 4, Duration.ofSeconds(30));
    static final ModelName NAME = ModelName.parse("org/small");
    static final String WEIGHTS = "model.safetensors";
    static final String SECRET = "hf_verySecret";

    @TempDir Path home;
    final Map<String, String> environment = new HashMap<>();
    final List<String> notes = new ArrayList<>();
    final List<DownloadProgress> progress = new ArrayList<>();
    FakeHub hub;

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

    DownloadPlan plan() {
        try (HubDownloader downloader = downloader()) {
            return downloader.plan(NAME, FileChoice.NEEDED, watcher());
        }
    }

    Path download() {
        try (HubDownloader downloader = downloader()) {
            return downloader.download(downloader.plan(NAME, FileChoice.NEEDED, watcher()), watcher());
        }
    }

    HubDownloader downloader() {
        return new HubDownloader(HubPlaces.of(environment, home, ""), environment, SHORT);
    }

    DownloadWatcher watcher() {
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
    static void assertRefused(String expected, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOf(InvalidInput.class).hasMessageContaining(expected).hasMessageNotContaining("\n")
                .hasMessageNotContaining("Exception").hasMessageNotContaining(SECRET);
    }

    List<Path> incomplete() {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> file.toString().endsWith(".incomplete")).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Bytes of the files that come before the weights, which are here already.
    long weightsExcept(String large) {
        return plan().items().stream().filter(item -> !item.file().path().equals(large)).mapToLong(DownloadPlan.Item::presentBytes).sum();
    }

    static void half(byte[] content, TestServer.Answer answer) throws IOException {
        answer.head(200, "Content-Length: " + content.length);
        answer.out().write(content, 0, content.length / 2);
    }

    static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
