package org.bitdistillery.pipeline;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleConsumer;
import org.bitdistillery.event.GateReading;
import org.bitdistillery.platform.AtomicFiles;

/// What the student itself says to a gate's rows. Its logits lie in a temporary file, so that the student need not be in
/// memory together with a reader of the export.
final class GateRecord implements AutoCloseable {

    private final GateRows rows;
    private final Path file;
    private final int[] labels;
    private double nats;
    private float largestLogit;

    private GateRecord(GateRows rows, Path file) {
        this.rows = rows;
        this.file = file;
        labels = new int[rows.questions().size()];
    }

    /// @param progress hears the fraction done, 0..1; what it throws ends the recording
    static GateRecord of(GateRows rows, LogitReader student, Path folder, DoubleConsumer progress) {
        Path file = folder.resolve(".gate-logits.tmp");
        GateRecord record = new GateRecord(rows, file);
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
            int done = 0;
            for (int[] sequence : rows.sequences()) {
                student.logits(sequence, 0, (i, logits) -> record.keep(out, sequence, i, logits));
                progress.accept(share(++done, 0, rows));
            }
            for (int i = 0; i < record.labels.length; i++) {
                record.labels[i] = rows.answer(student, rows.questions().get(i));
                progress.accept(share(done, i + 1, rows));
            }
            return record;
        } catch (IOException e) {
            record.close();
            throw AtomicFiles.unwritable(file, e);
        } catch (RuntimeException e) {
            record.close();
            throw e;
        }
    }

    private static double share(int sequences, int questions, GateRows rows) {
        return (sequences + questions) / (double) (rows.sequences().size() + rows.questions().size());
    }

    private void keep(DataOutputStream out, int[] sequence, int i, float[] logits) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(4 * logits.length);
            bytes.asFloatBuffer().put(logits);
            out.write(bytes.array());
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
        for (float logit : logits) {
            largestLogit = Math.max(largestLogit, Math.abs(logit));
        }
        nats += i + 1 < sequence.length ? GateRows.nats(logits, sequence[i + 1]) : 0;
    }

    /// Asks a reader the same.
    ///
    /// @param limits what is demanded of it
    GateReading compare(LogitReader reader, GateLimits limits, DoubleConsumer progress) {
        Comparison comparison = new Comparison();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            int done = 0;
            for (int[] sequence : rows.sequences()) {
                reader.logits(sequence, 0, (i, logits) -> comparison.add(in, sequence, i, logits));
                progress.accept(share(++done, 0, rows));
            }
            for (int i = 0; i < labels.length; i++) {
                comparison.answer(rows.answer(reader, rows.questions().get(i)), labels[i], rows.questions().get(i).label());
                progress.accept(share(done, i + 1, rows));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return limits.judge(comparison.reading(reader.name()));
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    private final class Comparison {
        private float difference;
        private int sameTokens;
        private double readNats;
        private int sameAnswers;
        private int right;
        private int studentRight;

        void add(DataInputStream in, int[] sequence, int i, float[] logits) {
            float[] expected = new float[logits.length];
            try {
                byte[] bytes = in.readNBytes(4 * logits.length);
                ByteBuffer.wrap(bytes).asFloatBuffer().get(expected);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            for (int token = 0; token < logits.length; token++) {
                float away = Math.abs(logits[token] - expected[token]);
                difference = away <= difference ? difference : away;
            }
            sameTokens += GateRows.likeliest(logits) == GateRows.likeliest(expected) ? 1 : 0;
            readNats += i + 1 < sequence.length ? GateRows.nats(logits, sequence[i + 1]) : 0;
        }

        void answer(int label, int student, int truth) {
            sameAnswers += label == student ? 1 : 0;
            right += label == truth ? 1 : 0;
            studentRight += student == truth ? 1 : 0;
        }

        GateReading reading(String reader) {
            int tokens = rows.tokens();
            int predicted = tokens - rows.sequences().size();
            double questions = labels.length;
            boolean asked = labels.length > 0;
            return new GateReading(
                    reader, difference, difference / largestLogit, (double) sameTokens / tokens, Math.exp((readNats - nats) / predicted),
                    asked ? sameAnswers / questions : null, asked ? right / questions : null, asked ? studentRight / questions : null,
                    tokens, labels.length, null);
        }
    }
}
