package org.bitdistillery.inference;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bitdistillery.config.InvalidInput;

/// How a session keeps keys and values.
public enum CacheFormat {
    /// As computed: what a session has unless it is told otherwise.
    F32(WeightFormat.F32),
    /// IEEE binary16, half the memory.
    F16(WeightFormat.F16),
    /// Bytes with a scale for each token and head, a quarter of the memory.
    INT8(WeightFormat.INT8);

    private final WeightFormat format;

    CacheFormat(WeightFormat format) {
        this.format = format;
    }

    WeightFormat format() {
        return format;
    }

    /// @throws InvalidInput where there is no such format
    public static CacheFormat named(String name) {
        return Arrays.stream(values()).filter(format -> format.name().equalsIgnoreCase(name.strip())).findFirst()
                .orElseThrow(() -> new InvalidInput("Keys and values cannot be kept as " + name + ". Possible are "
                        + Arrays.stream(values()).map(format -> format.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "))
                        + "."));
    }
}
