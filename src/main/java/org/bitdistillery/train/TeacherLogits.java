package org.bitdistillery.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.zip.CRC32C;
import org.bitdistillery.config.DistillStage;
import org.bitdistillery.config.DistillStage.TokenScope;
import org.bitdistillery.data.Example;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.DecoderGraph;
import org.bitdistillery.model.TorchProgram;
import org.bitdistillery.platform.AtomicFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a teacher says about every token that is compared, on disk and memory-mapped: the largest probabilities at the
/// distillation's temperature, as logarithms, and the mass of all others. Repeated epochs and a resumed run read it instead of
/// asking the teacher.
///
/// A folder with `logits.bin`, one record a token (k int32 ids, k float32 logarithms, float32 mass), and `cache.json`, which
/// says what it was made from and its CRC-32C. The folder appears whole or not at all.
public final class TeacherLogits implements AutoCloseable {

    private static final String DATA = "logits.bin";
    private static final String LABEL = "cache.json";
    private static final int BATCH = 16;
    private static final int CHECKED_BYTES = 1 << 26;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private static final TorchProgram LARGEST = TorchProgram.of("""
            def forward(self, hidden: Tensor, start: int, end: int, head: Tensor, temperature: float, k: int) -> List[Tensor]:
              rows = torch.type_as(torch.slice(hidden, 0, start, end), head)
              logits = torch.type_as(torch.mm(rows, torch.t(head)), hidden)
              log = torch.log_softmax(torch.mul_(logits, 1. / temperature), 1)
              values, at = torch.topk(log, k, 1)
              others = torch.scatter_(torch.exp_(log), 1, at, 0.)
              return [values, at, torch.sum(others, [1])]
            """);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment records;
    private final Map<IntBuffer, Long> firstRecords;
    private final TokenScope scope;
    private final int k;

    /// What a cache was made from: with another key it is made anew.
    ///
    /// @param teacher   SHA-256 of its weights and configuration
    /// @param data      SHA-256 of the token sequences, in order
    /// @param tokenizer SHA-256 of `tokenizer.json`
    /// @param k         logits kept a token
    public record Key(String teacher, String data, String tokenizer, int k, double temperature, TokenScope scope) {}

    private record Label(Key key, long bytes, long crc32c) {}

    private TeacherLogits(Path file, Map<IntBuffer, Long> firstRecords, Key key) {
        this.firstRecords = firstRecords;
        this.scope = key.scope();
        this.k = key.k();
        this.records = map(file);
    }

    /// Bytes on disk for training rows, before anything is made.
    public static long bytes(List<Example> examples, DistillStage config, int vocabulary) {
        return bytes(layout(examples, config.logitsTokens()).tokens, config, vocabulary);
    }

    /// As above, from the number of compared tokens alone.
    public static long bytes(long tokens, DistillStage config, int vocabulary) {
        return recordBytes(Math.min(config.cachedLogits(), vocabulary)) * tokens;
    }

    private static long recordBytes(int k) {
        return 8L * k + 4;
    }

    /// The cache in `folder`, where there is one that was made from the same and is not damaged.
    public static Optional<TeacherLogits> open(Path folder, Key key, List<Example> examples) {
        Path data = folder.resolve(DATA);
        try {
            Label found = JsonMapper.shared().readValue(Files.readAllBytes(folder.resolve(LABEL)), Label.class);
            if (!key.equals(found.key()) || Files.size(data) != found.bytes() || checksum(data) != found.crc32c()) {
                return Optional.empty();
            }
            return Optional.of(new TeacherLogits(data, layout(examples, key.scope()).firstRecords, key));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /// Asks the teacher for every training row and keeps the answers.
    ///
    /// @param progress hears the fraction done, 0..1; what it throws ends it and leaves nothing behind
    /// @throws org.bitdistillery.config.InvalidInput where the folder cannot be written
    public static TeacherLogits make(Path folder, Key key, Decoder teacher, List<Example> examples, DoubleConsumer progress) {
        Layout layout = layout(examples, key.scope());
        Path unfinished = folder.resolveSibling("." + folder.getFileName() + ".part");
        Path data = unfinished.resolve(DATA);
        try {
            AtomicFiles.deleteFolder(unfinished);
            Files.createDirectories(unfinished);
            write(data, layout, key, teacher, progress);
            Label label = new Label(key, Files.size(data), checksum(data));
            AtomicFiles.write(unfinished.resolve(LABEL), JsonMapper.shared().writeValueAsString(label));
            AtomicFiles.replaceFolder(unfinished, folder);
            return new TeacherLogits(folder.resolve(DATA), layout.firstRecords, key);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(unfinished, e);
        } finally {
            AtomicFiles.deleteFolder(unfinished);
        }
    }

    private static void write(Path file, Layout layout, Key key, Decoder teacher, DoubleConsumer progress) throws IOException {
        long size = recordBytes(key.k());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena writing = Arena.ofConfined();
                DecoderGraph graph = teacher.graph(false)) {
            MemorySegment target = channel.map(FileChannel.MapMode.READ_WRITE, 0, size * layout.tokens, writing);
            List<Example> rows = new ArrayList<>(layout.examples);
            rows.sort(Comparator.comparingInt(Example::length));
            for (int start = 0; start < rows.size(); start += BATCH) {
                Batch batch = Batch.of(rows.subList(start, Math.min(start + BATCH, rows.size())));
                long[] records = records(batch, key.scope(), layout.firstRecords);
                try (NDManager work = graph.manager().newSubManager()) {
                    NDArray compared = work.create(compared(batch, key.scope()));
                    write(target, records, graph.forward(work, batch.ids(), compared, Set.of()), key);
                }
                progress.accept((double) Math.min(rows.size(), start + BATCH) / rows.size());
            }
            target.force();
        }
    }

    private static void write(MemorySegment target, long[] records, DecoderGraph.Output output, Key key) {
        long step = ChunkedLosses.chunkRows(output.head().getShape().get(0));
        for (long from = 0; from < records.length; from += step) {
            long to = Math.min(records.length, from + step);
            try (NDManager scratch = output.hidden().getManager().newSubManager()) {
                NDList found = LARGEST.run(scratch, output.hidden(), from, to, output.head(), key.temperature(), (long) key.k());
                float[] values = found.get(0).toFloatArray();
                long[] ids = found.get(1).toLongArray();
                float[] others = found.get(2).toFloatArray();
                for (int row = 0; row < others.length; row++) {
                    long at = records[(int) from + row] * recordBytes(key.k());
                    for (int i = 0; i < key.k(); i++) {
                        target.set(INT, at + 4L * i, (int) ids[row * key.k() + i]);
                        target.set(FLOAT, at + 4L * (key.k() + i), values[row * key.k() + i]);
                    }
                    target.set(FLOAT, at + 8L * key.k(), others[row]);
                }
            }
        }
    }

    /// Where the answers on a batch's tokens stand, in the order in which tokens are compared.
    ///
    /// @throws IllegalStateException where a row is not among those that the cache was made from
    long[] records(Batch batch) {
        return records(batch, scope, firstRecords);
    }

    private static long[] records(Batch batch, TokenScope scope, Map<IntBuffer, Long> firstRecords) {
        List<Long> records = new ArrayList<>();
        for (int b = 0; b < batch.sequences(); b++) {
            Long first = firstRecords.get(key(batch.ids()[b], batch.lengths()[b], batch.firstTarget()[b]));
            if (first == null) {
                throw new IllegalStateException("A training row is not among those whose teacher logits are kept.");
            }
            for (int i = 0; i < comparedTokens(batch.lengths()[b], batch.firstTarget()[b], scope); i++) {
                records.add(first + i);
            }
        }
        return records.stream().mapToLong(Long::longValue).toArray();
    }

    private static long[] compared(Batch batch, TokenScope scope) {
        return scope == TokenScope.ALL ? batch.tokenRows() : batch.targetRows();
    }

    private static int comparedTokens(int length, int firstTarget, TokenScope scope) {
        return scope == TokenScope.ALL ? length : length - firstTarget;
    }

    private static IntBuffer key(int[] ids, int length, int firstTarget) {
        int[] key = new int[length + 1];
        System.arraycopy(ids, 0, key, 0, length);
        key[length] = firstTarget;
        return IntBuffer.wrap(key);
    }

    /// Some records as arrays.
    ///
    /// @param scratch owner of the arrays
    /// @return ids int64 [R, k], logarithms [R, k], masses [R]
    NDList read(NDManager scratch, long[] wanted, int from, int to) {
        int rows = to - from;
        long[] ids = new long[rows * k];
        float[] values = new float[rows * k];
        float[] others = new float[rows];
        for (int row = 0; row < rows; row++) {
            long at = wanted[from + row] * recordBytes(k);
            for (int i = 0; i < k; i++) {
                ids[row * k + i] = records.get(INT, at + 4L * i);
                values[row * k + i] = records.get(FLOAT, at + 4L * (k + i));
            }
            others[row] = records.get(FLOAT, at + 8L * k);
        }
        Shape shape = new Shape(rows, k);
        return new NDList(scratch.create(ids, shape), scratch.create(values, shape), scratch.create(others));
    }

    /// Distinct rows, and where the records of each begin.
    private record Layout(List<Example> examples, Map<IntBuffer, Long> firstRecords, long tokens) {}

    private static Layout layout(List<Example> examples, TokenScope scope) {
        Map<IntBuffer, Long> first = new LinkedHashMap<>();
        List<Example> distinct = new ArrayList<>();
        long tokens = 0;
        for (Example example : examples) {
            Batch alone = Batch.of(List.of(example));
            if (first.putIfAbsent(key(alone.ids()[0], alone.lengths()[0], alone.firstTarget()[0]), tokens) == null) {
                distinct.add(example);
                tokens += comparedTokens(alone.lengths()[0], alone.firstTarget()[0], scope);
            }
        }
        return new Layout(distinct, first, tokens);
    }

    private static long checksum(Path file) throws IOException {
        CRC32C checksum = new CRC32C();
        try (FileChannel channel = FileChannel.open(file); Arena reading = Arena.ofConfined()) {
            MemorySegment whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), reading);
            for (long at = 0; at < whole.byteSize(); at += CHECKED_BYTES) {
                checksum.update(whole.asSlice(at, Math.min(CHECKED_BYTES, whole.byteSize() - at)).asByteBuffer());
            }
        }
        return checksum.getValue();
    }

    private MemorySegment map(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
