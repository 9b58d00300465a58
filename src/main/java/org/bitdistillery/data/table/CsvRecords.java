package org.bitdistillery.data.table;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.BadRow;
import org.bitdistillery.data.InputFiles;

/// Comma-separated records after RFC 4180: quoted cells may hold separators, quotes and line breaks.
final class CsvRecords implements RecordReader {

    private final Path file;
    private final Quotes reader;
    private final CloseableIterator<CsvRecord> records;

    CsvRecords(Path file, char separator) throws IOException {
        this(file, separator, new Quotes(InputFiles.utf8(InputFiles.unpacked(file))));
    }

    private CsvRecords(Path file, char separator, Quotes reader) {
        this.file = file;
        this.reader = reader;
        this.records = csv(reader, separator);
    }

    /// Records of a text in memory; for guesses, so that what is malformed ends them.
    static Iterator<CsvRecord> of(String text, char separator) {
        return csv(Reader.of(text), separator);
    }

    private static CloseableIterator<CsvRecord> csv(Reader reader, char separator) {
        return CsvReader.builder().fieldSeparator(separator).allowExtraFields(true).allowMissingFields(true).skipEmptyLines(true)
                .detectBomHeader(false).ofCsvRecord(reader).iterator();
    }

    @Override
    public Record next() throws IOException {
        try {
            if (!records.hasNext()) {
                return null;
            }
            CsvRecord csv = records.next();
            Record row = new Record(csv.getStartingLineNumber(), csv.getFields());
            if (reader.ended && reader.openQuote() && !records.hasNext() && reader.lines > row.line()) {
                throw new BadRow("%s, %s opens a quote that is never closed: close it, or double quotes inside of cells."
                        .formatted(file, row.where()));
            }
            return row;
        } catch (CsvParseException e) {
            throw new InvalidInput(file + " is no correct CSV (" + cause(e) + "): put quotes around cells that hold quotes, and "
                    + "double the quotes inside.", e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// FastCSV wraps what goes wrong underneath it.
    private static String cause(CsvParseException e) throws IOException {
        if (e.getCause() instanceof IOException io) {
            throw io;
        }
        if (e.getCause() instanceof UncheckedIOException io) {
            throw io.getCause();
        }
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause == e ? e.getMessage() : e.getMessage() + ": " + cause.getMessage();
    }

    @Override
    public void close() throws IOException {
        records.close();
    }

    /// Counts quotes and lines on the way, because a quote that stays open swallows the rest of a file in silence.
    private static final class Quotes extends FilterReader {
        private long quotes;
        private long lines = 1;
        private boolean ended;
        private boolean started;

        Quotes(Reader in) {
            super(in);
        }

        boolean openQuote() {
            return quotes % 2 == 1;
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            ended |= count < 0;
            if (!started && count > 0 && buffer[offset] == '\uFEFF') {
                System.arraycopy(buffer, offset + 1, buffer, offset, --count);
            }
            started = true;
            for (int i = offset; i < offset + count; i++) {
                quotes += buffer[i] == '"' ? 1 : 0;
                lines += buffer[i] == '\n' ? 1 : 0;
            }
            return count;
        }
    }
}
