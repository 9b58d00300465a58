package org.bitdistillery.tensorfile;

import java.util.Arrays;

/// Where a tensor lies in its file.
///
/// @param shape    dimensions, outermost first; empty for a scalar
/// @param offset   bytes from the start of the file
/// @param byteSize elements times the bytes of the type
public record TensorInfo(String name, DType type, long[] shape, long offset, long byteSize) {

    public long elements() {
        return byteSize / type.bytes();
    }

    public boolean hasShape(long... expected) {
        return Arrays.equals(shape, expected);
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape);
    }
}
