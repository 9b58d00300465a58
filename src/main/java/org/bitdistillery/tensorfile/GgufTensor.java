package org.bitdistillery.tensorfile;

import java.util.Arrays;

/// Where a tensor lies in a GGUF file.
///
/// @param shape    dimensions, outermost first (the file has them the other way round)
/// @param offset   bytes from the start of the file
/// @param byteSize bytes without the padding behind it
public record GgufTensor(String name, GgufType type, long[] shape, long offset, long byteSize) {

    public long elements() {
        return elements(shape);
    }

    static long elements(long[] shape) {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /// Elements of the innermost dimension.
    public int columns() {
        return Math.toIntExact(shape[shape.length - 1]);
    }

    public boolean hasShape(long... expected) {
        return Arrays.equals(shape, expected);
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape);
    }
}
