package org.bitdistillery.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bitdistillery.config.Corpus;
import org.bitdistillery.config.DataSource;
import org.bitdistillery.config.HeaderLine;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.config.TableFormat;
import org.bitdistillery.data.table.LineReader;
import org.bitdistillery.data.table.TableFile;
import org.bitdistillery.data.table.TableReader;
import org.bitdistillery.data.table.TableRow;

/// Text for language modeling, as documents that do not depend on each other, one after the other: memory holds one.
///
/// Each row of a table (JSON lines, JSON, CSV, TSV, Parquet) is a document. Plain text is cut at lines that say
/// `<|endoftext|>`; where the first 16 MiB have none, at the first blank line after 1,000 characters and, in text without
/// blank lines, at the first line end after 4,000. So paragraphs stay whole, and there are enough documents to shuffle.
public final class CorpusText {

    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final int SHORTEST = 1_000;
    private static final int LONGEST = 4_000;
    /// A line or a document that is longer arrives in pieces.
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final long LOOKED_AT = 16L << 20;

    private final Corpus corpus;
    private final Consumer<String> documents;
    private long count;
    private int badRows;

    private CorpusText(Corpus corpus, Consumer<String> documents) {
        this.corpus = corpus;
        this.documents = documents;
    }

    /// Hands over every document that is not blank, in order.
    ///
    /// @return rows of tables that were left out because they are malformed, at most as many as the corpus tolerates
    /// @throws InvalidInput where a file cannot be read, and where none has text
    public static int forEach(Corpus corpus, Consumer<String> documents) {
        if (corpus.source() == DataSource.STARTER) {
            StarterCorpus.documents().forEach(documents);
            return 0;
        }
        CorpusText text = new CorpusText(corpus, documents);
        CorpusFiles.of(corpus.files()).forEach(text::read);
        if (text.count == 0) {
            throw new InvalidInput(
                    "The corpus (" + String.join(", ", corpus.files()) + ") has no text: name files that have some.");
        }
        return text.badRows;
    }

    /// Opens every file and looks at its beginning, so that what cannot be read is told before a run and not hours into it.
    ///
    /// @throws InvalidInput as [#forEach(Corpus, Consumer)], as far as beginnings tell
    public static void check(Corpus corpus) {
        CorpusText text = new CorpusText(corpus, _ -> { });
        for (Path file : CorpusFiles.of(corpus.files())) {
            if (isTable(file)) {
                text.column(TableFile.of(file, TableFormat.AUTO, HeaderLine.GUESS), file);
            } else {
                try (LineReader lines = new LineReader(InputFiles.unpacked(file), MOST_CHARACTERS)) {
                    lines.next();
                } catch (IOException e) {
                    throw InputFiles.unreadable(file, e);
                }
            }
        }
        first(corpus);
    }

    /// The first document.
    public static String first(Corpus corpus) {
        StringBuilder first = new StringBuilder();
        try {
            forEach(corpus, document -> {
                first.append(document);
                throw new Enough();
            });
        } catch (Enough e) {
            return first.toString();
        }
        return first.toString();
    }

    /// Ends the reading of a corpus of which no more is wanted.
    private static final class Enough extends RuntimeException {
        Enough() {
            super(null, null, false, false);
        }
    }

    /// All documents in memory, for corpora that are known to be small.
    public static List<String> documents(Corpus corpus) {
        List<String> documents = new ArrayList<>();
        forEach(corpus, documents::add);
        return List.copyOf(documents);
    }

    private void read(Path file) {
        if (isTable(file)) {
            readTable(file);
        } else {
            readPlain(file);
        }
    }

    private static boolean isTable(Path file) {
        return file.getFileName().toString().toLowerCase(java.util.Locale.ROOT)
                .matches(".*\\.(csv|tsv|tab|json|jsonl|ndjson|parquet|pq)(\\.(gz|gzip|zst|zstd))?");
    }

    private void readTable(Path file) {
        TableFile table = TableFile.of(file, TableFormat.AUTO, HeaderLine.GUESS);
        int column = column(table, file);
        try (TableReader rows = table.rows()) {
            while (true) {
                try {
                    TableRow row = rows.next();
                    if (row == null) {
                        return;
                    }
                    add(row.cells().get(column));
                } catch (BadRow e) {
                    if (++badRows > corpus.badRows()) {
                        throw new InvalidInput(e.getMessage() + " Or let corpus.badRows leave some out.", e);
                    }
                }
            }
        }
    }

    private int column(TableFile table, Path file) {
        int column = table.columns().indexOf(corpus.textColumn());
        if (column < 0) {
            throw new InvalidInput("%s has no column named %s (corpus.textColumn): it has %s."
                    .formatted(file, corpus.textColumn(), String.join(", ", table.columns())));
        }
        return column;
    }

    private void readPlain(Path file) {
        try (LineReader lines = new LineReader(InputFiles.unpacked(file), MOST_CHARACTERS)) {
            StringBuilder document = new StringBuilder();
            boolean marked = hasEndOfText(file);
            String line;
            while ((line = lines.next()) != null) {
                boolean blank = line.isBlank();
                boolean ends = marked
                        ? line.strip().equals(END_OF_TEXT)
                        : document.length() >= (blank ? SHORTEST : LONGEST);
                if (ends || document.length() + line.length() > MOST_CHARACTERS) {
                    end(document);
                }
                if (!ends || !marked && !blank) {
                    document.append(line).append(lines.isCut() ? "" : "\n");
                }
            }
            end(document);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    private static boolean hasEndOfText(Path file) throws IOException {
        try (LineReader lines = new LineReader(InputFiles.unpacked(file), MOST_CHARACTERS)) {
            long characters = 0;
            String line;
            while (characters < LOOKED_AT && (line = lines.next()) != null) {
                if (line.strip().equals(END_OF_TEXT)) {
                    return true;
                }
                characters += line.length() + 1;
            }
            return false;
        }
    }

    private void end(StringBuilder document) {
        add(document.toString());
        document.setLength(0);
    }

    private void add(String document) {
        String text = document.strip();
        if (!text.isEmpty()) {
            count++;
            documents.accept(text);
        }
    }
}
