package org.bitdistillery.tensorfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bitdistillery.quant.Float16;

/// Floats that are asked for piece by piece and rounded half to even on their way into a file.
///
/// @param type F32, F16 or BF16
public record FloatContent(DType type, long elements, Pieces pieces) implements TensorContent {

    private static final int PIECE = 1 << 20;

    @FunctionalInterface
    public interface Pieces {

        /// @return `count` values from element `from` on, row-major
        float[] floats(long from, int count);
    }

    public FloatContent {
        if (!type.isWeight()) {
            throw new IllegalArgumentException("floats cannot be written as " + type);
        }
    }

    /// The numbers of an array.
    public static FloatContent of(DType type, float[] values) {
        return new FloatContent(type, values.length, (from, count) -> Arrays.copyOfRange(values, (int) from, (int) from + count));
    }

    @Override
    public void writeTo(Sink sink) throws IOException {
        for (long from = 0; from < elements; from += PIECE) {
            sink.put(bytes(pieces.floats(from, (int) Math.min(PIECE, elements - from))));
        }
    }

    private byte[] bytes(float[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case F16 -> buffer.putShort(Float.floatToFloat16(value));
                case BF16 -> buffer.putShort(Float16.toBfloat(value));
                default -> buffer.putFloat(value);
            }
        }
        return buffer.array();
    }
}
