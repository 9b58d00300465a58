package org.bitdistillery.data.table;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.List;
import org.bitdistillery.data.BadRow;
import org.bitdistillery.data.InputFiles;

/// One record a line, tabs between its cells. Quotes are ordinary characters, since movie reviews open some that they never
/// close.
final class TsvReader implements RecordReader {

    /// Longest line in bytes.
    static final int LONGEST = 64 << 20;

    private final Path file;
    private final LineReader lines;

    TsvReader(Path file) throws IOException {
        this.file = file;
        this.lines = new LineReader(InputFiles.unpacked(file), LONGEST);
    }

    @Override
    public Record next() throws IOException {
        String line = line(file, lines);
        return line == null ? null : new Record(lines.number(), List.of(line.split("\t", -1)));
    }

    /// The next line of a file of rows, whole.
    static String line(Path file, LineReader lines) throws IOException {
        try {
            String line = lines.next();
            if (!lines.isCut()) {
                return line;
            }
            while (lines.isCut()) {
                lines.next();
            }
            throw new BadRow("%s, line %,d is longer than %,d MiB: remove it.".formatted(file, lines.number(), LONGEST >> 20));
        } catch (CharacterCodingException e) {
            throw new BadRow("%s, line %,d is not UTF-8 text: save the file in that encoding.".formatted(file, lines.number()), e);
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
