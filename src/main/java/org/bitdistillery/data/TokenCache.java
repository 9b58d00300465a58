package org.bitdistillery.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.zip.CRC32C;
import org.bitdistillery.config.InvalidInput;

/// A tokenized corpus on disk, memory-mapped: one stream of token ids in which each document begins with the separator.
///
/// Little endian: 8 bytes `BDTOKENS`, int version, int bytes a token (2 or 4), long tokens, long documents, long rows left
/// out, int checksum of these 40 bytes, 20 bytes of zeros; the tokens; the CRC32C of every block of 4 MiB of them; their own
/// checksum.
/// What is damaged is found when it is first touched, in a small cache when it is opened.
final class TokenCache {

    static final long MAGIC = 0x534e454b4f544442L;
    static final int VERSION = 1;
    static final int HEADER = 64;
    static final int CHECKED = 40;
    static final int BLOCK = 4 << 20;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long CHECKED_WHOLE = 256L << 20;

    private final Path file;
    private final MemorySegment all;
    private final int width;
    private final long tokens;
    private final BitSet checked = new BitSet();

    /// The file is not what it should be; it can be made again.
    static final class Damaged extends Exception {
        Damaged(String message) {
            super(message);
        }
    }

    private TokenCache(Path file, MemorySegment all, int width, long tokens) {
        this.file = file;
        this.all = all;
        this.width = width;
        this.tokens = tokens;
    }

    /// @throws Damaged where the file was cut off or changed
    static TokenCache open(Path file) throws Damaged, IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < HEADER + Integer.BYTES) {
                throw new Damaged("it is too short");
            }
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
            int width = all.get(INT, 12);
            long tokens = all.get(LONG, 16);
            if (all.get(LONG, 0) != MAGIC || all.get(INT, 8) != VERSION || all.get(INT, CHECKED) != crc(all.asSlice(0, CHECKED))
                    || size != sizeOf(tokens, width)) {
                throw new Damaged("its header and its length do not agree");
            }
            TokenCache cache = new TokenCache(file, all, width, tokens);
            long table = HEADER + cache.bytes();
            if (all.get(INT, size - Integer.BYTES) != crc(all.asSlice(table, size - Integer.BYTES - table))) {
                throw new Damaged("its checksums are damaged");
            }
            for (int block = 0; block < cache.blocks() && cache.bytes() <= CHECKED_WHOLE; block++) {
                if (!cache.isSound(block)) {
                    throw new Damaged("its block " + block + " is damaged");
                }
            }
            return cache;
        }
    }

    static long sizeOf(long tokens, int width) {
        return HEADER + tokens * width + Integer.BYTES * (Math.ceilDiv(tokens * width, BLOCK) + 1);
    }

    static int crc(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return (int) crc.getValue();
    }

    long tokens() {
        return tokens;
    }

    long documents() {
        return all.get(LONG, 24);
    }

    /// Rows of tables that were left out because they are malformed.
    long badRows() {
        return all.get(LONG, 32);
    }

    long fileBytes() {
        return all.byteSize();
    }

    /// Copies tokens from a place of the stream.
    ///
    /// @throws InvalidInput where they are damaged
    void read(long from, int[] into) {
        long first = from * width / BLOCK;
        long last = ((from + into.length) * width - 1) / BLOCK;
        for (long block = first; block <= last; block++) {
            if (!isSound((int) block)) {
                throw new InvalidInput(file + " is damaged: delete it, and it is made again from the corpus.");
            }
        }
        for (int i = 0; i < into.length; i++) {
            long at = HEADER + (from + i) * width;
            into[i] = width == Short.BYTES ? Short.toUnsignedInt(all.get(SHORT, at)) : all.get(INT, at);
        }
    }

    private synchronized boolean isSound(int block) {
        if (!checked.get(block)) {
            long start = (long) block * BLOCK;
            MemorySegment bytes = all.asSlice(HEADER + start, Math.min(BLOCK, bytes() - start));
            if (crc(bytes) != all.get(INT, HEADER + bytes() + (long) block * Integer.BYTES)) {
                return false;
            }
            checked.set(block);
        }
        return true;
    }

    private long bytes() {
        return tokens * width;
    }

    private int blocks() {
        return Math.toIntExact(Math.ceilDiv(bytes(), BLOCK));
    }

    /// Deletes a cache that is of no use; one that another process holds open goes later.
    static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It is replaced by the new one all the same.
        }
    }
}
