package org.bitdistillery.tensorfile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.bitdistillery.tensorfile.GgufValue.Type;

/// Writes GGUF version 3 files that appear whole or not at all: a temporary neighbor is written, synced and renamed.
/// Tensors are streamed: their content is asked for one after the other.
public final class GgufWriter {

    private GgufWriter() {}

    /// A tensor to be written.
    ///
    /// @param shape outermost dimension first
    public record Entry(String name, GgufType type, long[] shape, TensorContent content) {

        public Entry {
            int length = name.getBytes(StandardCharsets.UTF_8).length;
            if (length == 0 || length > GgufHeader.LONGEST_NAME) {
                throw new IllegalArgumentException("the tensor name " + name + " has " + length + " bytes, at most 63 fit");
            }
            if (shape.length < 1 || shape.length > 4 || shape[shape.length - 1] % type.block() != 0) {
                throw new IllegalArgumentException(name + " of shape " + Arrays.toString(shape) + " cannot be " + type);
            }
        }

        public long bytes() {
            return type.bytes(GgufTensor.elements(shape));
        }
    }

    /// @param progress hears the bytes of tensors written so far; what it throws ends the writing and leaves nothing behind
    /// @throws TensorFileException where the folder cannot be written; nothing is left behind then
    public static void write(Path file, Map<String, GgufValue> values, List<Entry> tensors, LongConsumer progress) {
        int alignment = values.containsKey(GgufHeader.ALIGNMENT)
                ? Math.toIntExact((Long) values.get(GgufHeader.ALIGNMENT).value()) : GgufHeader.DEFAULT_ALIGNMENT;
        Path temporary = file.toAbsolutePath().resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            Output output = new Output(channel, alignment);
            output.put(header(values, tensors, alignment));
            output.pad();
            long written = 0;
            for (Entry tensor : tensors) {
                output.put(tensor);
                output.pad();
                written += tensor.bytes();
                progress.accept(written);
            }
            channel.force(true);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new TensorFileException(
                    file + " cannot be written (" + e + "). Choose a folder that exists, is writable and has space.", e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    private static void deleteQuietly(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException ignored) {
            // The write has failed already; its own message is the one to show.
        }
    }

    private static byte[] header(Map<String, GgufValue> values, List<Entry> tensors, int alignment) {
        Fields fields = new Fields();
        fields.u32(GgufHeader.MAGIC);
        fields.u32(GgufHeader.VERSION);
        fields.u64(tensors.size());
        fields.u64(values.size());
        values.forEach((key, value) -> {
            fields.string(key);
            fields.value(value);
        });
        long offset = 0;
        Set<String> names = new HashSet<>();
        for (Entry tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("two tensors have the name " + tensor.name());
            }
            fields.string(tensor.name());
            fields.u32(tensor.shape().length);
            for (int i = tensor.shape().length - 1; i >= 0; i--) {
                fields.u64(tensor.shape()[i]);
            }
            fields.u32(tensor.type().id());
            fields.u64(offset);
            offset = GgufHeader.padded(offset + tensor.bytes(), alignment);
        }
        return fields.bytes.toByteArray();
    }

    private static final class Output {
        private final FileChannel channel;
        private final int alignment;

        Output(FileChannel channel, int alignment) {
            this.channel = channel;
            this.alignment = alignment;
        }

        void put(byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        void put(Entry tensor) throws IOException {
            long begin = channel.position();
            tensor.content().writeTo(this::put);
            long written = channel.position() - begin;
            if (written != tensor.bytes()) {
                throw new IllegalStateException(tensor.name() + " wrote " + written + " bytes instead of " + tensor.bytes());
            }
        }

        void pad() throws IOException {
            put(new byte[(int) (GgufHeader.padded(channel.position(), alignment) - channel.position())]);
        }
    }

    private static final class Fields {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void u32(int value) {
            little(4, value);
        }

        void u64(long value) {
            little(8, value);
        }

        private void little(int length, long value) {
            byte[] all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
            bytes.write(all, 0, length);
        }

        void string(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            u64(utf8.length);
            bytes.writeBytes(utf8);
        }

        void value(GgufValue value) {
            u32(value.type().ordinal());
            if (value.type() != Type.ARRAY) {
                scalar(value.type(), value.value());
                return;
            }
            u32(value.element().ordinal());
            switch (value.value()) {
                case List<?> strings -> {
                    u64(strings.size());
                    strings.forEach(text -> string((String) text));
                }
                case double[] numbers -> {
                    u64(numbers.length);
                    for (double number : numbers) {
                        scalar(value.element(), number);
                    }
                }
                case long[] numbers -> {
                    u64(numbers.length);
                    for (long number : numbers) {
                        scalar(value.element(), number);
                    }
                }
                default -> throw new IllegalArgumentException("an array cannot hold " + value.value().getClass());
            }
        }

        private void scalar(Type type, Object value) {
            switch (type) {
                case F32 -> u32(Float.floatToRawIntBits((float) (double) (Double) value));
                case F64 -> u64(Double.doubleToRawLongBits((Double) value));
                case STRING -> string((String) value);
                case BOOL -> bytes.write(value instanceof Boolean flag ? (flag ? 1 : 0) : (int) (long) (Long) value);
                default -> little(type.leastBytes, (Long) value);
            }
        }
    }
}
