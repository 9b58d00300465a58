package org.bitdistillery.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import org.bitdistillery.config.Corpus;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.platform.UserFolders;

/// A corpus as token ids, tokenized once: the second time it comes from a cache that is named after the hashes of the files,
/// of the tokenizer and of whatever else changes the tokens.
public final class TokenizedCorpus {

    private static final int SMALL_VOCABULARY = 1 << 16;
    private static final int BATCH_DOCUMENTS = 256;
    private static final int BATCH_CHARACTERS = 1 << 20;

    /// Hears how far the tokenizing is; what it throws ends it.
    @FunctionalInterface
    public interface Watcher {
        void told(long documents, long tokens);
    }

    private final Path file;
    private final TokenCache cache;
    private final boolean cached;

    private TokenizedCorpus(Path file, TokenCache cache, boolean cached) {
        this.file = file;
        this.cache = cache;
        this.cached = cached;
    }

    /// Where a corpus keeps its tokens.
    public static Path folder(Corpus corpus) {
        return corpus.cache().isBlank() ? UserFolders.cache().resolve("tokens") : Path.of(corpus.cache());
    }

    /// @param separator id that begins each document; negative for none
    /// @throws InvalidInput where the files cannot be read or the cache cannot be written
    public static TokenizedCorpus of(Corpus corpus, TextTokenizer tokenizer, int separator, Watcher watcher) {
        Path folder = folder(corpus);
        Path file = folder.resolve(key(corpus, tokenizer, separator, folder) + ".tokens");
        try {
            TokenCache cached = existing(file);
            if (cached != null) {
                return new TokenizedCorpus(file, cached, true);
            }
            Files.createDirectories(folder);
            AtomicFiles.write(file, channel -> {
                int width = Math.max(tokenizer.vocabularySize(), separator + 1) <= SMALL_VOCABULARY ? Short.BYTES : Integer.BYTES;
                TokenCacheWriter writer = new TokenCacheWriter(channel, width);
                Batches batches = new Batches(tokenizer, writer, separator, watcher);
                int badRows = CorpusText.forEach(corpus, batches::add);
                batches.flush();
                writer.finish(badRows);
            });
            return new TokenizedCorpus(file, TokenCache.open(file), false);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        } catch (UncheckedIOException e) {
            throw AtomicFiles.unwritable(file, e.getCause());
        } catch (TokenCache.Damaged e) {
            throw new InvalidInput(file + " was damaged while it was written (" + e.getMessage() + "): check the disk.", e);
        }
    }

    private static TokenCache existing(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            return TokenCache.open(file);
        } catch (TokenCache.Damaged e) {
            TokenCache.discard(file);
            return null;
        }
    }

    /// The cache's file.
    public Path file() {
        return file;
    }

    /// Its size on disk.
    public long bytes() {
        return cache.fileBytes();
    }

    /// Whether it was there already.
    public boolean isCached() {
        return cached;
    }

    public long tokens() {
        return cache.tokens();
    }

    public long documents() {
        return cache.documents();
    }

    /// Rows of tables that were left out because they are malformed.
    public long badRows() {
        return cache.badRows();
    }

    /// The stream as sequences of one length; the end that does not fill one is left out. Read from disk when asked for.
    public List<int[]> sequences(int length) {
        return new Packed(cache, length, Math.toIntExact(Math.min(Integer.MAX_VALUE, cache.tokens() / length)));
    }

    private static final class Packed extends AbstractList<int[]> implements RandomAccess {
        private final TokenCache cache;
        private final int length;
        private final int count;

        Packed(TokenCache cache, int length, int count) {
            this.cache = cache;
            this.length = length;
            this.count = count;
        }

        @Override
        public int[] get(int index) {
            java.util.Objects.checkIndex(index, count);
            int[] sequence = new int[length];
            cache.read((long) index * length, sequence);
            return sequence;
        }

        @Override
        public int size() {
            return count;
        }
    }

    private static String key(Corpus corpus, TextTokenizer tokenizer, int separator, Path folder) {
        MessageDigest digest = DataHashes.digest();
        List<String> parts = new ArrayList<>(List.of(
                "tokens " + TokenCache.VERSION, DataHashes.ofFile(tokenizer.file()), Integer.toString(separator), corpus.textColumn(),
                Integer.toString(corpus.badRows())));
        CorpusFiles.of(corpus.files()).forEach(file -> parts.add(HashMemo.of(file, folder) + " " + file.getFileName()));
        parts.forEach(part -> digest.update((part + "\n").getBytes(StandardCharsets.UTF_8)));
        return DataHashes.hex(digest).substring(0, 32);
    }

    /// Documents are tokenized together, because the tokenizer spreads them over the cores.
    private static final class Batches {
        private final TextTokenizer tokenizer;
        private final TokenCacheWriter writer;
        private final int separator;
        private final Watcher watcher;
        private final List<String> waiting = new ArrayList<>();
        private int characters;

        Batches(TextTokenizer tokenizer, TokenCacheWriter writer, int separator, Watcher watcher) {
            this.tokenizer = tokenizer;
            this.writer = writer;
            this.separator = separator;
            this.watcher = watcher;
        }

        void add(String document) {
            waiting.add(document);
            characters += document.length();
            if (waiting.size() >= BATCH_DOCUMENTS || characters >= BATCH_CHARACTERS) {
                flush();
            }
        }

        void flush() {
            try {
                for (int[] ids : tokenizer.encodeAll(waiting)) {
                    writer.document(separator, ids);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            waiting.clear();
            characters = 0;
            watcher.told(writer.documents(), writer.tokens());
        }
    }
}
