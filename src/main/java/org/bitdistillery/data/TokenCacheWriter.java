package org.bitdistillery.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Writes what [TokenCache] reads, a block at a time.
final class TokenCacheWriter {

    private final FileChannel channel;
    private final int width;
    private final ByteBuffer block = ByteBuffer.allocate(TokenCache.BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    private final List<Integer> checksums = new ArrayList<>();
    private long tokens;
    private long documents;

    /// @param width bytes a token: 2 or 4
    TokenCacheWriter(FileChannel channel, int width) throws IOException {
        this.channel = channel;
        this.width = width;
        channel.position(TokenCache.HEADER);
    }

    long tokens() {
        return tokens;
    }

    long documents() {
        return documents;
    }

    /// @param separator id in front of the document; negative for none
    void document(int separator, int[] ids) throws IOException {
        documents++;
        if (separator >= 0) {
            token(separator);
        }
        for (int id : ids) {
            token(id);
        }
    }

    private void token(int id) throws IOException {
        if (width == Short.BYTES) {
            block.putShort((short) id);
        } else {
            block.putInt(id);
        }
        tokens++;
        if (!block.hasRemaining()) {
            flush();
        }
    }

    private void flush() throws IOException {
        block.flip();
        CRC32C crc = new CRC32C();
        crc.update(block.duplicate());
        checksums.add((int) crc.getValue());
        write(block);
        block.clear();
    }

    void finish(long badRows) throws IOException {
        if (block.position() > 0) {
            flush();
        }
        ByteBuffer table = ByteBuffer.allocate((checksums.size() + 1) * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        checksums.forEach(table::putInt);
        table.putInt(TokenCache.crc(MemorySegment.ofBuffer(table.duplicate().flip())));
        write(table.flip());
        ByteBuffer header = ByteBuffer.allocate(TokenCache.HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(TokenCache.MAGIC).putInt(TokenCache.VERSION).putInt(width).putLong(tokens).putLong(documents).putLong(badRows);
        header.putInt(TokenCache.crc(MemorySegment.ofBuffer(header.duplicate().flip())));
        channel.position(0);
        write(header.clear());
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
