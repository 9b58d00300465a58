package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.bitdistillery.config.Corpus;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizedCorpusTest {

    @TempDir
    Path folder;

    private TextTokenizer tokenizer;

    @BeforeEach
    void bytes() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), BpeTrainer.train(List.of("a"), BpeTrainer.SMALLEST_VOCABULARY));
        tokenizer = TextTokenizer.load(folder);
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void sequencesEqualThoseThatArePackedInMemory() throws Exception {
        String text = "A line with é and 中.\n".repeat(700) + "\n\nThe end.\n";
        Corpus corpus = corpus(write("a.txt", text), write("b.txt", "one\n<|endoftext|>\ntwo\n"));
        List<String> documents = CorpusText.documents(corpus);
        assertThat(documents).hasSizeGreaterThan(3).endsWith("one", "two");
        for (int separator : new int[] {0, -1}) {
            List<int[]> expected = PackedSequences.pack(documents, tokenizer, separator, 64);
            TokenizedCorpus tokenized = TokenizedCorpus.of(corpus, tokenizer, separator, (_, _) -> { });
            assertThat(tokenized.sequences(64)).usingElementComparator(java.util.Arrays::compare).isEqualTo(expected);
            assertThat(tokenized.documents()).isEqualTo(documents.size());
        }
    }

    @Test
    void aCorpusIsTokenizedOnceUntilItOrTheTokenizerChanges() throws Exception {
        Path file = write("a.txt", "some text of a corpus");
        Corpus corpus = corpus(file);
        List<Long> told = new ArrayList<>();
        TokenizedCorpus first = TokenizedCorpus.of(corpus, tokenizer, 0, (_, tokens) -> told.add(tokens));
        TokenizedCorpus second = TokenizedCorpus.of(corpus, tokenizer, 0, (_, _) -> told.add(-1L));
        assertThat(first.isCached()).isFalse();
        assertThat(second.isCached()).isTrue();
        assertThat(second.file()).isEqualTo(first.file());
        assertThat(told).containsExactly(22L);
        assertThat(first.bytes()).as("header, 22 tokens of two bytes, one checksum and that of the checksums").isEqualTo(64 + 44 + 8)
                .isEqualTo(Files.size(first.file()));
        assertThat(TokenizedCorpus.of(corpus, tokenizer, 1, (_, _) -> { }).file()).isNotEqualTo(first.file());
        Files.writeString(file, "some text of a Corpus");
        assertThat(TokenizedCorpus.of(corpus, tokenizer, 0, (_, _) -> { }).isCached()).isFalse();
        try (Stream<Path> left = Files.list(folder.resolve("cache"))) {
            assertThat(left).allMatch(path -> path.toString().endsWith(".tokens")).hasSize(3);
        }
    }

    @Test
    void aDamagedCacheIsMadeAgain() throws Exception {
        Corpus corpus = corpus(write("a.txt", "some text of a corpus"));
        TokenizedCorpus sound = TokenizedCorpus.of(corpus, tokenizer, 0, (_, _) -> { });
        byte[] bytes = Files.readAllBytes(sound.file());
        int[] expected = sound.sequences(22).getFirst();
        for (int damage = 0; damage < bytes.length; damage++) {
            if (damage >= 44 && damage < 64) {
                continue;
            }
            byte[] damaged = bytes.clone();
            damaged[damage] ^= 0x10;
            Files.delete(sound.file());
            Files.write(sound.file(), damaged);
            TokenizedCorpus again = TokenizedCorpus.of(corpus, tokenizer, 0, (_, _) -> { });
            assertThat(again.isCached()).as("byte " + damage).isFalse();
            assertThat(again.sequences(22).getFirst()).isEqualTo(expected);
        }
        Files.delete(sound.file());
        Files.write(sound.file(), java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertThat(TokenizedCorpus.of(corpus, tokenizer, 0, (_, _) -> { }).isCached()).isFalse();
    }

    @Test
    void whatEndsTheTokenizingLeavesNothingBehind() throws Exception {
        Corpus corpus = corpus(write("a.txt", "some text"));
        assertThatThrownBy(() -> TokenizedCorpus.of(corpus, tokenizer, 0, (_, _) -> {
            throw new IllegalStateException("stopped");
        })).hasMessage("stopped");
        try (Stream<Path> left = Files.list(folder.resolve("cache"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void foldersPatternsTablesAndPackedFilesAreRead() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data/deep"));
        Files.writeString(data.resolve("b.jsonl"), "{\"text\": \"from\\nJSON\", \"n\": 1}\n{\"text\": \"\"}\n");
        Files.writeString(data.resolve("c.csv"), "id,text\n1,\"from, CSV\"\n");
        Files.writeString(data.resolve("image.png"), "no text");
        Files.writeString(data.resolve(".hidden.txt"), "hidden");
        pack(new GZIPOutputStream(Files.newOutputStream(data.resolve("d.txt.gz"))), "from gzip");
        pack(new ZstdOutputStream(Files.newOutputStream(data.resolve("../e.txt.zst"))), "from zstd");
        Path parquet = Path.of(TokenizedCorpusTest.class.getResource("/tables/binary.parquet").toURI());
        String root = folder.resolve("data").toString();
        assertThat(CorpusText.documents(corpus(Path.of(root), parquet))).containsExactly(
                "from\nJSON", "from, CSV", "from gzip", "from zstd", "bytes 0", "bytes 1", "bytes 2");
        assertThat(CorpusText.documents(Corpus.ofFiles(List.of(root + "/**.{gz,zst}")))).containsExactly("from gzip", "from zstd");
        expect(root + "/*.nothing", "No file matches");
        expect(root + "/**/*.png/[", "No file matches", "not understood");
        expect(Files.createDirectories(folder.resolve("empty")).toString(), "folder without text files");
    }

    @Test
    void badRowsOfTablesAreToleratedWithinTheLimitAndCounted() throws Exception {
        Path file = write("a.jsonl", "{\"text\": \"a\"}\nno json\n{\"text\": \"b\"}\n");
        expect(file.toString(), "a.jsonl, line 2");
        Corpus tolerant = new Corpus(DataSource.FILES, List.of(file.toString()), "text", 1, folder.resolve("cache").toString());
        assertThat(TokenizedCorpus.of(tolerant, tokenizer, -1, (_, _) -> { }).badRows()).isEqualTo(1);
        Corpus other = new Corpus(DataSource.FILES, List.of(file.toString()), "content", 1, "");
        assertThatThrownBy(() -> CorpusText.documents(other)).isInstanceOf(InvalidInput.class)
                .hasMessageContainingAll("no column named content", "it has text");
    }

    @Test
    void everyFileIsLookedAtBeforeARunAndNoneIsReadToItsEnd() throws Exception {
        write("a.jsonl", "{\"text\": \"a\"}\n");
        Path other = write("b.jsonl", "{\"content\": \"b\"}\n");
        Corpus both = Corpus.ofFiles(List.of(folder + "/*.jsonl"));
        assertThatThrownBy(() -> CorpusText.check(both)).isInstanceOf(InvalidInput.class).hasMessageContaining("b.jsonl has no column named text");
        Files.writeString(other, "{\"text\": \"b\"}\n".repeat(100) + "no json\n");
        CorpusText.check(both);
        Files.write(folder.resolve("c.txt"), new byte[] {'a', (byte) 0xe9, 'b'});
        assertThatThrownBy(() -> CorpusText.check(Corpus.ofFiles(List.of(folder + "/*.txt"))))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("c.txt is not UTF-8 text");
    }

    @Test
    void aLineLongerThanMemoryShouldHoldIsSeveralDocuments() throws Exception {
        Path file = write("a.txt", "word ".repeat(500_000));
        List<String> documents = CorpusText.documents(corpus(file));
        assertThat(documents).hasSize(3).allMatch(document -> document.length() <= 1 << 20);
        assertThat(documents.stream().mapToInt(String::length).sum()).isGreaterThan(2_499_990);
    }

    private static void pack(OutputStream out, String text) throws IOException {
        try (out) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void expect(String name, String... oneOf) {
        assertThatThrownBy(() -> CorpusText.documents(Corpus.ofFiles(List.of(name)))).isInstanceOf(InvalidInput.class)
                .satisfies(e -> assertThat(List.of(oneOf)).anyMatch(e.getMessage()::contains));
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private Corpus corpus(Path... files) {
        return new Corpus(DataSource.FILES, Stream.of(files).map(Path::toString).toList(), "text", 0, folder.resolve("cache").toString());
    }
}
