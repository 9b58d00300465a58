package org.bitdistillery.tensorfile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bitdistillery.tensorfile.GgufValue.Type;

/// Reads everything in front of a GGUF file's data, version 2 or 3, little endian.
///
/// Each count is checked against the bytes that are left before anything is allocated for it, so a hostile header costs
/// neither memory nor time beyond its own length.
final class GgufHeader {

    static final int MAGIC = 0x46554747;
    static final int VERSION = 3;
    static final String ALIGNMENT = "general.alignment";
    static final int DEFAULT_ALIGNMENT = 32;
    static final int LONGEST_NAME = 63;
    private static final int LARGEST_ALIGNMENT = 1 << 20;
    private static final int LONGEST_KEY = 1 << 16;
    private static final int LONGEST_STRING = 16 << 20;
    private static final int LONGEST_ARRAY = 1 << 22;
    private static final int MOST_DIMENSIONS = 4;
    /// A name of one byte, one dimension, type and offset.
    private static final int LEAST_TENSOR_BYTES = 8 + 1 + 4 + 8 + 4 + 8;
    private static final int LEAST_KEY_BYTES = 8 + 1 + 4 + 1;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final String fileName;
    private long at;

    private GgufHeader(MemorySegment bytes, String fileName) {
        this.bytes = bytes;
        this.fileName = fileName;
    }

    /// What a header says.
    ///
    /// @param tensors in file order
    record Content(Map<String, GgufValue> values, Map<String, GgufTensor> tensors) {}

    /// @throws TensorFileException where the header contradicts itself or the file's size
    static Content read(MemorySegment bytes, String fileName) {
        return new GgufHeader(bytes, fileName).content();
    }

    private Content content() {
        expect(bytes.byteSize() >= 24 && u32() == MAGIC, "it does not begin with the letters GGUF");
        int version = u32();
        expect(version != Integer.reverseBytes(VERSION), "it is big endian");
        expect(version == 2 || version == VERSION, "it has version " + Integer.toUnsignedString(version) + ", known are 2 and 3");
        long tensorCount = u64();
        long keyCount = u64();
        long left = bytes.byteSize() - at;
        expect(tensorCount >= 0 && tensorCount <= left / LEAST_TENSOR_BYTES, "it promises " + Long.toUnsignedString(tensorCount)
                + " tensors, more than it has room for");
        expect(keyCount >= 0 && keyCount <= left / LEAST_KEY_BYTES, "it promises " + Long.toUnsignedString(keyCount)
                + " keys, more than it has room for");
        Map<String, GgufValue> values = new LinkedHashMap<>();
        for (long i = 0; i < keyCount; i++) {
            String key = string(LONGEST_KEY, "a key");
            expect(!key.isEmpty(), "it has a key without a name");
            expect(values.put(key, value(key)) == null, "its key " + shorten(key) + " is there twice");
        }
        return new Content(values, tensors(tensorCount, alignment(values)));
    }

    private int alignment(Map<String, GgufValue> values) {
        GgufValue value = values.get(ALIGNMENT);
        if (value == null) {
            return DEFAULT_ALIGNMENT;
        }
        boolean fits = value.value() instanceof Long number && number >= 1 && number <= LARGEST_ALIGNMENT && Long.bitCount(number) == 1;
        expect(fits, "its " + ALIGNMENT + " is no power of two up to 1 MiB");
        return ((Long) value.value()).intValue();
    }

    private GgufValue value(String key) {
        Type type = type(u32(), key);
        if (type != Type.ARRAY) {
            return new GgufValue(type, null, scalar(type, key));
        }
        Type element = type(u32(), key);
        long count = u64();
        expect(element != Type.ARRAY, "its key " + shorten(key) + " is an array of arrays");
        expect(count >= 0 && count <= LONGEST_ARRAY && count <= (bytes.byteSize() - at) / element.leastBytes,
                "its key " + shorten(key) + " promises " + Long.toUnsignedString(count) + " elements");
        return new GgufValue(type, element, elements(element, (int) count, key));
    }

    private Object elements(Type type, int count, String key) {
        if (type == Type.STRING) {
            List<String> strings = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                strings.add(string(LONGEST_STRING, "a string of " + shorten(key)));
            }
            return strings;
        }
        if (type.isFloat()) {
            double[] numbers = new double[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (Double) scalar(type, key);
            }
            return numbers;
        }
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            Object scalar = scalar(type, key);
            numbers[i] = scalar instanceof Boolean flag ? (flag ? 1 : 0) : (Long) scalar;
        }
        return numbers;
    }

    private Object scalar(Type type, String key) {
        return switch (type) {
            case U8 -> (long) (bytes.get(ValueLayout.JAVA_BYTE, take(1)) & 0xFF);
            case I8 -> (long) bytes.get(ValueLayout.JAVA_BYTE, take(1));
            case U16 -> (long) (bytes.get(SHORT, take(2)) & 0xFFFF);
            case I16 -> (long) bytes.get(SHORT, take(2));
            case U32 -> u32() & 0xFFFF_FFFFL;
            case I32 -> (long) u32();
            case F32 -> (double) Float.intBitsToFloat(u32());
            case BOOL -> flag(key);
            case STRING -> string(LONGEST_STRING, "the value of " + shorten(key));
            case U64, I64 -> u64();
            case F64 -> Double.longBitsToDouble(u64());
            case ARRAY -> throw new IllegalStateException();
        };
    }

    private boolean flag(String key) {
        byte flag = bytes.get(ValueLayout.JAVA_BYTE, take(1));
        expect(flag == 0 || flag == 1, "its key " + shorten(key) + " is neither true nor false");
        return flag == 1;
    }

    private Type type(int id, String key) {
        expect(id >= 0 && id < Type.values().length, "its key " + shorten(key) + " has the unknown type " + Integer.toUnsignedString(id));
        return Type.values()[id];
    }

    private Map<String, GgufTensor> tensors(long count, int alignment) {
        List<GgufTensor> relative = new ArrayList<>();
        long end = 0;
        for (long i = 0; i < count; i++) {
            GgufTensor tensor = tensor(end);
            relative.add(tensor);
            end = padded(Math.addExact(end, tensor.byteSize()), alignment);
        }
        long start = padded(at, alignment);
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (GgufTensor tensor : relative) {
            long from = start + tensor.offset();
            expect(from + tensor.byteSize() <= bytes.byteSize(), String.format(Locale.ROOT,
                    "it ends after %,d bytes, tensor %s goes up to %,d: it was cut off", bytes.byteSize(), shorten(tensor.name()),
                    from + tensor.byteSize()));
            GgufTensor placed = new GgufTensor(tensor.name(), tensor.type(), tensor.shape(), from, tensor.byteSize());
            expect(tensors.put(tensor.name(), placed) == null, "its tensor " + shorten(tensor.name()) + " is there twice");
        }
        return tensors;
    }

    /// @param expectedOffset where the tensor must begin: behind the one before it
    private GgufTensor tensor(long expectedOffset) {
        String name = string(LONGEST_NAME, "the name of a tensor");
        String tensor = "its tensor " + shorten(name);
        expect(!name.isEmpty(), "it has a tensor without a name");
        int dimensions = u32();
        expect(dimensions >= 1 && dimensions <= MOST_DIMENSIONS, tensor + " has " + Integer.toUnsignedString(dimensions) + " dimensions");
        long[] shape = new long[dimensions];
        long elements = 1;
        for (int i = dimensions - 1; i >= 0; i--) {
            shape[i] = u64();
            expect(shape[i] >= 1 && shape[i] <= Integer.MAX_VALUE && elements <= Long.MAX_VALUE / 8 / shape[i],
                    tensor + " has an impossible dimension");
            elements *= shape[i];
        }
        int id = u32();
        GgufType type = GgufType.of(id);
        expect(type != null, tensor + " has the type number " + Integer.toUnsignedString(id) + ", read are " + Arrays.toString(GgufType.values()));
        expect(shape[dimensions - 1] % type.block() == 0, tensor + " has rows of " + shape[dimensions - 1] + " elements, " + type
                + " needs a multiple of " + type.block());
        long offset = u64();
        expect(offset == expectedOffset, tensor + " lies at " + Long.toUnsignedString(offset) + " where " + expectedOffset
                + " is its place: tensors must follow one another");
        expect(type.bytes(elements) <= bytes.byteSize(), tensor + " is larger than the file: it was cut off");
        return new GgufTensor(name, type, shape, offset, type.bytes(elements));
    }

    static long padded(long offset, int alignment) {
        return Math.addExact(offset, alignment - 1) / alignment * alignment;
    }

    private String string(int longest, String what) {
        long length = u64();
        expect(length >= 0 && length <= longest && length <= bytes.byteSize() - at,
                what + " would have " + Long.toUnsignedString(length) + " bytes");
        if (length == 0) {
            return "";
        }
        return new String(bytes.asSlice(take(length), length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private int u32() {
        return bytes.get(INT, take(4));
    }

    private long u64() {
        return bytes.get(LONG, take(8));
    }

    private long take(long length) {
        expect(length <= bytes.byteSize() - at, String.format(Locale.ROOT, "its header goes on behind the last of its %,d bytes",
                bytes.byteSize()));
        long from = at;
        at += length;
        return from;
    }

    private void expect(boolean holds, String problem) {
        if (!holds) {
            throw new TensorFileException(fileName + " is no GGUF file that can be read: " + problem + ". Fetch or convert it again.");
        }
    }

    private static String shorten(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= 80 ? plain : plain.substring(0, 80) + "…";
    }
}
