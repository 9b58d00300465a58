package org.bitdistillery.data.table;

import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.BadRow;
import org.bitdistillery.data.InputFiles;

/// Rows of a Parquet file; its lists and structures are no columns here.
///
/// Some damaged files make the library wait for pages that a thread of its own failed to read; what brings no row for a minute is
/// given up.
final class ParquetTable implements TableReader {

    private static final Set<CompressionCodec> CODECS =
            Set.of(CompressionCodec.UNCOMPRESSED, CompressionCodec.SNAPPY, CompressionCodec.GZIP, CompressionCodec.ZSTD);

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path file;
    private final HardwoodContext context;
    private final ParquetFileReader reader;
    private final List<String> columns;
    private final Deadline deadline;
    private RowReader rows;
    private long number;

    private ParquetTable(Path file, HardwoodContext context, ParquetFileReader reader, List<String> columns, Deadline deadline) {
        this.file = file;
        this.context = context;
        this.reader = reader;
        this.columns = columns;
        this.deadline = deadline;
    }

    static ParquetTable open(Path file) {
        return open(file, PATIENCE);
    }

    /// @param patience how long nothing may come
    static ParquetTable open(Path file, Duration patience) {
        if (InputFiles.isPacked(file)) {
            throw new InvalidInput(file + " is a compressed Parquet file, which compresses itself already: unpack it first.");
        }
        HardwoodContext context = HardwoodContext.create(1);
        Deadline deadline = new Deadline(patience);
        try {
            ParquetFileReader reader = deadline.within(() -> reader(file, context));
            requireCodecs(file, reader);
            List<String> columns = reader.getFileSchema().getRootNode().children().stream()
                    .filter(SchemaNode.PrimitiveNode.class::isInstance).map(SchemaNode::name).toList();
            return new ParquetTable(file, context, reader, columns, deadline);
        } catch (RuntimeException e) {
            deadline.close();
            context.close();
            throw broken(file, e);
        }
    }

    private static ParquetFileReader reader(Path file, HardwoodContext context) {
        try {
            return ParquetFileReader.open(new BoundedFile(file), context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireCodecs(Path file, ParquetFileReader reader) {
        reader.getFileMetaData().rowGroups().stream().flatMap(group -> group.columns().stream()).map(chunk -> chunk.metaData().codec())
                .filter(codec -> !CODECS.contains(codec)).findFirst().ifPresent(codec -> {
                    throw new InvalidInput("%s is compressed with %s, which cannot be read here: write it with zstd or snappy."
                            .formatted(file, codec));
                });
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public TableRow next() {
        try {
            if (!deadline.within(this::advance)) {
                requireAll();
                return null;
            }
            number++;
            requireNoMore();
            List<String> cells = new ArrayList<>(columns.size());
            for (String column : columns) {
                cells.add(rows.isNull(column) ? "" : text(rows.getValue(column), column));
            }
            return new TableRow(where(), List.copyOf(cells));
        } catch (BadRow e) {
            throw e;
        } catch (RuntimeException e) {
            throw deadline.isLate() ? new InvalidInput(file + " brings no further row: it is damaged. Fetch it again.", e) : broken(file, e);
        }
    }

    private boolean advance() {
        if (rows == null) {
            rows = reader.rowReader();
        }
        boolean more = rows.hasNext();
        if (more) {
            rows.next();
        }
        return more;
    }

    /// A damaged file must not pass for a short one.
    private void requireAll() {
        long promised = reader.getFileMetaData().numRows();
        if (number != promised) {
            throw new InvalidInput("%s has %,d rows and promises %,d: it is damaged. Fetch it again.".formatted(file, number, promised));
        }
    }

    /// A damaged page may claim any number of rows, and bring them without end.
    private void requireNoMore() {
        long promised = reader.getFileMetaData().numRows();
        if (number > promised) {
            throw new InvalidInput("%s has more rows than the %,d that it promises: it is damaged. Fetch it again.".formatted(file, promised));
        }
    }

    private String where() {
        return "row %,d".formatted(number);
    }

    /// Older writers do not say that their bytes are text.
    private String text(Object value, String column) {
        if (!(value instanceof byte[] bytes)) {
            return String.valueOf(value);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new BadRow("%s, %s, column %s is not UTF-8 text: choose another column.".formatted(file, where(), column), e);
        }
    }

    private static InvalidInput broken(Path file, Exception e) {
        return switch (e) {
            case InvalidInput known -> known;
            default -> new InvalidInput(file + " is no Parquet file that can be read (" + reason(e) + "): fetch it again.", e);
        };
    }

    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage().strip().lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        try (deadline) {
            deadline.within(() -> {
                closeReaders();
                return null;
            });
        }
    }

    private void closeReaders() {
        if (rows != null) {
            rows.close();
        }
        try {
            reader.close();
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        } finally {
            context.close();
        }
    }

    /// A file of any size that is read in pieces. It refuses pieces which it does not have, and to be read over and over, as a
    /// reader does that a damaged page header sends in circles.
    private static final class BoundedFile implements InputFile {
        private static final int FREE_READS = 10_000;
        private static final int SMALLEST_READ = 256;

        private final Path file;
        private final AtomicLong reads = new AtomicLong();
        private FileChannel channel;

        BoundedFile(Path file) {
            this.file = file;
        }

        @Override
        public void open() throws IOException {
            channel = FileChannel.open(InputFiles.regular(file));
        }

        @Override
        public ByteBuffer readRange(long offset, int length) throws IOException {
            if (offset < 0 || length < 0 || offset > channel.size() - length) {
                throw new IOException("it promises bytes that it does not have");
            }
            if (reads.incrementAndGet() > FREE_READS + channel.size() / SMALLEST_READ) {
                throw new IOException("its pages lead in circles");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
        }

        @Override
        public long length() throws IOException {
            return channel.size();
        }

        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public void close() throws IOException {
            if (channel != null) {
                channel.close();
            }
        }
    }
}
