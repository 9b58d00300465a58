package org.bitdistillery.tensorfile;

import java.util.List;
import java.util.Map;

/// The key-value section of a GGUF file, with checked access.
///
/// @param file for messages
public record GgufMetadata(String file, Map<String, GgufValue> values) {

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /// @throws TensorFileException where the key is missing or no string
    public String string(String key) {
        return get(key, String.class, "a string");
    }

    public String string(String key, String fallback) {
        return has(key) ? string(key) : fallback;
    }

    /// @throws TensorFileException where the key is missing or no whole number from `min` to `max`
    public int integer(String key, int min, int max) {
        long value = get(key, Long.class, "a whole number");
        if (value < min || value > max) {
            throw wrong(key, "is " + value + ", it must be from " + min + " to " + max);
        }
        return (int) value;
    }

    public int integer(String key, int fallback, int min, int max) {
        return has(key) ? integer(key, min, max) : fallback;
    }

    /// @throws TensorFileException where the key is missing or no finite number
    public double number(String key) {
        double value = get(key, Number.class, "a number").doubleValue();
        if (!Double.isFinite(value)) {
            throw wrong(key, "is " + value + ", it must be finite");
        }
        return value;
    }

    public double number(String key, double fallback) {
        return has(key) ? number(key) : fallback;
    }

    public boolean flag(String key, boolean fallback) {
        return has(key) ? get(key, Boolean.class, "true or false") : fallback;
    }

    /// @throws TensorFileException where the key is missing or no list of strings
    @SuppressWarnings("unchecked")
    public List<String> strings(String key) {
        return (List<String>) get(key, List.class, "a list of strings");
    }

    /// Whole numbers of a list.
    public long[] integers(String key) {
        return get(key, long[].class, "a list of whole numbers");
    }

    /// Numbers of a list.
    public double[] numbers(String key) {
        return get(key, double[].class, "a list of numbers");
    }

    private <T> T get(String key, Class<T> type, String expected) {
        GgufValue value = values.get(key);
        if (value == null) {
            throw wrong(key, "is missing, " + expected + " is expected");
        }
        if (!type.isInstance(value.value())) {
            throw wrong(key, "is of the type " + value.type() + ", " + expected + " is expected");
        }
        return type.cast(value.value());
    }

    private TensorFileException wrong(String key, String problem) {
        return new TensorFileException(file + ": the key " + key + " " + problem + ". Convert the model again or fetch another file.");
    }
}
