package org.bitdistillery.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.config.Corpus;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.InvalidInput;

/// Plain text for language modeling, as documents that do not depend on each other.
///
/// A file is cut at lines that say `<|endoftext|>`; where it has none, at the first blank line after 1,000 characters and,
/// in text without blank lines, at the first line end after 4,000. So paragraphs stay whole, and there are enough
/// documents to shuffle.
///
/// @param documents none of them blank, at least one
public record CorpusText(List<String> documents) {

    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final int SHORTEST = 1_000;
    private static final int LONGEST = 4_000;
    private static final int MOST_OF_HEAP = 8;

    /// Reads the files of a corpus, or writes the starter's.
    ///
    /// @throws InvalidInput where a file is missing, is no UTF-8 text or is larger than memory allows, and where all are blank
    public static CorpusText of(Corpus corpus) {
        if (corpus.source() == DataSource.STARTER) {
            return new CorpusText(StarterCorpus.documents());
        }
        List<Path> files = corpus.files().stream().map(Path::of).toList();
        requireRoom(files);
        List<String> documents = new ArrayList<>();
        files.forEach(file -> read(file, documents));
        if (documents.isEmpty()) {
            throw new InvalidInput(
                    "The corpus (" + String.join(", ", corpus.files()) + ") has no text: name files that have some.");
        }
        return new CorpusText(List.copyOf(documents));
    }

    /// Text and its tokens are held in memory together: a file that is too large is refused before it is read.
    private static void requireRoom(List<Path> files) {
        long bytes = 0;
        long most = Runtime.getRuntime().maxMemory() / MOST_OF_HEAP;
        for (Path file : files) {
            bytes += size(InputFiles.regular(file));
            if (bytes > most) {
                throw new InvalidInput(
                        "The corpus has more than %,d MiB by %s, more than fits in memory: name fewer or shorter files."
                                .formatted(most >> 20, file));
            }
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    private static void read(Path file, List<String> documents) {
        try (BufferedReader reader = InputFiles.utf8(Files.newInputStream(file))) {
            StringBuilder document = new StringBuilder();
            boolean marked = hasEndOfText(file);
            String line;
            while ((line = reader.readLine()) != null) {
                boolean blank = line.isBlank();
                boolean ends = marked
                        ? line.strip().equals(END_OF_TEXT)
                        : document.length() >= (blank ? SHORTEST : LONGEST);
                if (ends) {
                    add(document, documents);
                }
                if (!ends || !marked && !blank) {
                    document.append(line).append('\n');
                }
            }
            add(document, documents);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    private static boolean hasEndOfText(Path file) throws IOException {
        try (BufferedReader reader = InputFiles.utf8(Files.newInputStream(file))) {
            return reader.lines().anyMatch(line -> line.strip().equals(END_OF_TEXT));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void add(StringBuilder document, List<String> documents) {
        String text = document.toString().strip();
        if (!text.isEmpty()) {
            documents.add(text);
        }
        document.setLength(0);
    }
}
