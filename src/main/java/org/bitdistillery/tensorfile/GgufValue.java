package org.bitdistillery.tensorfile;

import java.util.Arrays;
import java.util.List;

/// A value of a GGUF file's key-value section, with the type that the file gives it.
///
/// @param type    of the value
/// @param element of an array's elements; null for everything else
/// @param value   Long, Double, Boolean or String; of an array long[], double[] or a list of strings
public record GgufValue(Type type, Type element, Object value) {

    /// Value types, numbered by their ordinals as the format does.
    public enum Type {
        U8(1), I8(1), U16(2), I16(2), U32(4), I32(4), F32(4), BOOL(1), STRING(8), ARRAY(12), U64(8), I64(8), F64(8);

        /// Bytes that a value takes at least.
        final int leastBytes;

        Type(int leastBytes) {
            this.leastBytes = leastBytes;
        }

        boolean isFloat() {
            return this == F32 || this == F64;
        }
    }

    public static GgufValue u32(long value) {
        return new GgufValue(Type.U32, null, value);
    }

    public static GgufValue f32(double value) {
        return new GgufValue(Type.F32, null, (double) (float) value);
    }

    public static GgufValue bool(boolean value) {
        return new GgufValue(Type.BOOL, null, value);
    }

    public static GgufValue string(String value) {
        return new GgufValue(Type.STRING, null, value);
    }

    public static GgufValue strings(List<String> values) {
        return new GgufValue(Type.ARRAY, Type.STRING, List.copyOf(values));
    }

    public static GgufValue i32s(int[] values) {
        return new GgufValue(Type.ARRAY, Type.I32, Arrays.stream(values).asLongStream().toArray());
    }

    public static GgufValue f32s(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return new GgufValue(Type.ARRAY, Type.F32, wide);
    }
}
