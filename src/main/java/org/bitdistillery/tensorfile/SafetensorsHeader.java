package org.bitdistillery.tensorfile;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The JSON header of a safetensors file: `{"name": {"dtype", "shape", "data_offsets": [begin, end]}, ..., "__metadata__": {}}`.
///
/// It is read as a stream and each entry is checked before the next one is looked at, so a hostile header costs neither
/// memory nor time beyond its own length.
///
/// @param tensors  in the order of their data
/// @param dataSize bytes that all tensors together promise
record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataSize) {

    static final String METADATA = "__metadata__";
    private static final int MOST_DIMENSIONS = 8;
    private static final JsonFactory JSON = new JsonFactory();

    /// @param json      UTF-8 bytes of the header
    /// @param dataStart offset of the first tensor in the file
    static SafetensorsHeader parse(byte[] json, long dataStart, String fileName) {
        return new Reader(fileName, dataStart).read(json);
    }

    private static final class Reader {
        private final String fileName;
        private final long dataStart;
        private final List<TensorInfo> tensors = new ArrayList<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();

        Reader(String fileName, long dataStart) {
            this.fileName = fileName;
            this.dataStart = dataStart;
        }

        SafetensorsHeader read(byte[] json) {
            try (var parser = JSON.createParser(ObjectReadContext.empty(), new ByteArrayInputStream(json))) {
                expect(parser.nextToken() == JsonToken.START_OBJECT, "its header is not a JSON object");
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    if (name.equals(METADATA)) {
                        readMetadata(parser);
                    } else {
                        tensors.add(readTensor(parser, name));
                    }
                }
                expect(parser.nextToken() == null, "its header goes on after the JSON object");
            } catch (JacksonException e) {
                throw refusal("its header is not valid JSON (" + e.getOriginalMessage() + ")", e);
            }
            return ordered();
        }

        private void readMetadata(JsonParser parser) {
            expect(parser.nextToken() == JsonToken.START_OBJECT, METADATA + " is not a JSON object");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                expect(parser.nextToken() == JsonToken.VALUE_STRING,
                        METADATA + " has a value that is not a string: " + shorten(key));
                metadata.put(key, parser.getString());
            }
        }

        private TensorInfo readTensor(JsonParser parser, String name) {
            String tensor = "tensor " + shorten(name);
            expect(parser.nextToken() == JsonToken.START_OBJECT, tensor + " is not described by a JSON object");
            DType type = null;
            long[] shape = null;
            long[] offsets = null;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                switch (key) {
                    case "dtype" -> type = readType(parser, tensor);
                    case "shape" -> shape = readNumbers(parser, tensor + " has a shape");
                    case "data_offsets" -> offsets = readNumbers(parser, tensor + " has data_offsets");
                    default -> throw refusal(tensor + " has an unknown field " + shorten(key), null);
                }
            }
            expect(type != null && shape != null && offsets != null, tensor + " lacks dtype, shape or data_offsets");
            expect(offsets.length == 2 && offsets[0] <= offsets[1], tensor + " has data_offsets that are not [begin, end]");
            long promised = byteSize(type, shape, tensor);
            long given = offsets[1] - offsets[0];
            expect(promised == given, String.format(Locale.ROOT,
                    "%s of type %s and shape %s needs %,d bytes, its data_offsets give %,d",
                    tensor, type, Arrays.toString(shape), promised, given));
            expect(offsets[1] <= Long.MAX_VALUE - dataStart, tensor + " lies beyond any file");
            return new TensorInfo(name, type, shape, dataStart + offsets[0], given);
        }

        private DType readType(JsonParser parser, String tensor) {
            expect(parser.nextToken() == JsonToken.VALUE_STRING, tensor + " has a dtype that is not a string");
            String spelled = parser.getString();
            for (DType type : DType.values()) {
                if (type.name().equals(spelled)) {
                    return type;
                }
            }
            throw refusal(tensor + " has the type " + shorten(spelled) + ", known are " + Arrays.toString(DType.values()), null);
        }

        private long[] readNumbers(JsonParser parser, String what) {
            expect(parser.nextToken() == JsonToken.START_ARRAY, what + " that is not a list");
            long[] numbers = new long[MOST_DIMENSIONS];
            int count = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                expect(count < MOST_DIMENSIONS, what + " of more than " + MOST_DIMENSIONS + " numbers");
                boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
                expect(whole && parser.getLongValue() >= 0, what + " with something else than whole numbers from 0 to 2^63-1");
                numbers[count++] = parser.getLongValue();
            }
            return Arrays.copyOf(numbers, count);
        }

        private long byteSize(DType type, long[] shape, String tensor) {
            long size = type.bytes();
            for (long dimension : shape) {
                if (dimension != 0 && size > Long.MAX_VALUE / dimension) {
                    throw refusal(tensor + " has the impossible shape " + Arrays.toString(shape), null);
                }
                size *= dimension;
            }
            return size;
        }

        /// Tensors must follow one another without gap or overlap, as the format demands.
        private SafetensorsHeader ordered() {
            tensors.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::byteSize));
            Map<String, TensorInfo> byName = new LinkedHashMap<>();
            long end = dataStart;
            for (TensorInfo tensor : tensors) {
                expect(byName.put(tensor.name(), tensor) == null, "tensor " + shorten(tensor.name()) + " is there twice");
                expect(tensor.offset() == end, "tensor " + shorten(tensor.name())
                        + (tensor.offset() < end ? " overlaps another tensor" : " leaves a gap before it"));
                end += tensor.byteSize();
            }
            return new SafetensorsHeader(byName, metadata, end - dataStart);
        }

        private void expect(boolean holds, String problem) {
            if (!holds) {
                throw refusal(problem, null);
            }
        }

        private TensorFileException refusal(String problem, Throwable cause) {
            return new TensorFileException(
                    fileName + " is not a usable safetensors file: " + problem + ". Fetch or export it again.", cause);
        }

        /// Names come from the file: they are cut so that a message stays one sentence.
        private static String shorten(String name) {
            return name.length() <= 80 ? name : name.substring(0, 80) + "…";
        }
    }
}
