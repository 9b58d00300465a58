package org.bitdistillery.tensorfile;

import java.util.Arrays;

/// A tensor on its way into a file. Values are converted while they are written, so nothing is copied before.
public sealed interface Tensor {

    DType type();

    long[] shape();

    int elements();

    /// Floats that the file keeps as `type`, which is F32, F16 or BF16; rounded half to even.
    record Floats(DType type, float[] values, long[] shape) implements Tensor {
        public Floats {
            if (!type.isWeight()) {
                throw new IllegalArgumentException("floats cannot be written as " + type);
            }
            requireElements(values.length, shape);
        }

        @Override
        public int elements() {
            return values.length;
        }
    }

    /// Unsigned bytes, for example packed ternary codes.
    record Bytes(byte[] values, long[] shape) implements Tensor {
        public Bytes {
            requireElements(values.length, shape);
        }

        @Override
        public DType type() {
            return DType.U8;
        }

        @Override
        public int elements() {
            return values.length;
        }
    }

    /// Bytes that are made piece by piece while they are written.
    record Streamed(DType type, long[] shape, TensorContent content) implements Tensor {
        @Override
        public int elements() {
            return Math.toIntExact(product(shape));
        }
    }

    /// Floats that are asked for while they are written.
    static Tensor streamed(DType type, FloatContent.Pieces pieces, long... shape) {
        return new Streamed(type, shape, new FloatContent(type, product(shape), pieces));
    }

    /// Bytes in a file.
    default long byteSize() {
        return (long) elements() * type().bytes();
    }

    static Tensor f32(float[] values, long... shape) {
        return new Floats(DType.F32, values, shape);
    }

    static Tensor f16(float[] values, long... shape) {
        return new Floats(DType.F16, values, shape);
    }

    static Tensor bf16(float[] values, long... shape) {
        return new Floats(DType.BF16, values, shape);
    }

    static Tensor u8(byte[] values, long... shape) {
        return new Bytes(values, shape);
    }

    private static void requireElements(int elements, long[] shape) {
        if (product(shape) != elements) {
            throw new IllegalArgumentException(elements + " values do not fill the shape " + Arrays.toString(shape));
        }
    }

    private static long product(long[] shape) {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }
}
