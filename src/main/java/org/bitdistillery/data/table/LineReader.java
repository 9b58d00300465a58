package org.bitdistillery.data.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Lines of a UTF-8 file, which may be of any length: a line that is longer than memory should hold is cut into pieces.
public final class LineReader implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final int longest;
    private final byte[] buffer = new byte[BUFFER];
    private byte[] line = new byte[256];
    private int length;
    private int position;
    private int filled;
    /// Bytes at the beginning of `line` that the piece before left over: the beginning of a character.
    private int carried;
    private long number;
    private boolean cut;

    /// @param longest bytes of a line at most; longer ones arrive in pieces
    public LineReader(InputStream in, int longest) {
        this.in = in;
        this.longest = longest;
    }

    /// Number of the line that was read last, from 1.
    public long number() {
        return number;
    }

    /// Whether the line that was read last goes on: the next call gives its next piece.
    public boolean isCut() {
        return cut;
    }

    /// The next line without its end, or null behind the last one. A byte order mark in front of the first is left out.
    ///
    /// @throws CharacterCodingException where the line is not UTF-8; the next one can be read
    public String next() throws IOException {
        if (!fill()) {
            return null;
        }
        boolean first = number == 0;
        number += cut ? 0 : 1;
        length = carried;
        carried = 0;
        cut = false;
        while (fill()) {
            int end = position;
            int last = Math.min(filled, position + longest - length);
            while (end < last && buffer[end] != '\n') {
                end++;
            }
            append(end);
            if (end < last) {
                position++;
                return decode(first, withoutReturn());
            }
            if (length == longest) {
                boolean more = fill();
                cut = more && buffer[position] != '\n';
                position += more && !cut ? 1 : 0;
                return cut ? piece(first) : decode(first, more ? withoutReturn() : length);
            }
        }
        return decode(first, length);
    }

    private int withoutReturn() {
        return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    }

    private void append(int end) {
        int count = end - position;
        if (length + count > line.length) {
            line = Arrays.copyOf(line, (int) Math.min(longest, Math.max(length + count, line.length * 2L)));
        }
        System.arraycopy(buffer, position, line, length, count);
        length += count;
        position = end;
    }

    /// A piece must not end inside a character: its bytes wait for the next piece.
    private String piece(boolean first) throws CharacterCodingException {
        int last = length - 1;
        while (last > 0 && length - last < 4 && (line[last] & 0xC0) == 0x80) {
            last--;
        }
        int whole = last > 0 && (line[last] & 0xC0) == 0xC0 ? last : length;
        String text = decode(first, whole);
        carried = length - whole;
        System.arraycopy(line, whole, line, 0, carried);
        return text;
    }

    private String decode(boolean first, int end) throws CharacterCodingException {
        boolean marked = first && end >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
        int start = marked ? 3 : 0;
        return StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(line, start, end - start)).toString();
    }

    private boolean fill() throws IOException {
        if (position < filled) {
            return true;
        }
        position = 0;
        filled = Math.max(0, in.read(buffer));
        return filled > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
