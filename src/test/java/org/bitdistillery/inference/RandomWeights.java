package org.bitdistillery.inference;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.bitdistillery.model.ParameterSpec;

/// Weights that no one trained: ternary codes with equal chance, floats around zero, norms of one. For measuring a shape.
final class RandomWeights implements WeightSource {

    private static final float DEVIATION = 0.02f;

    private final PackedOptions options;
    private final boolean student;
    private final LongFunction<MemorySegment> memory;
    private final SplittableRandom random;

    /// @param student whether projections are ternary
    RandomWeights(PackedOptions options, boolean student, long seed, LongFunction<MemorySegment> memory) {
        this.options = options;
        this.student = student;
        this.memory = memory;
        random = new SplittableRandom(seed);
    }

    @Override
    public Matrix matrix(String name, int rows, int columns) {
        boolean projection = !name.equals(ParameterSpec.EMBEDDING) && !name.equals(ParameterSpec.HEAD);
        WeightFormat format = !projection ? options.embedding() : student ? options.ternary() : options.plain();
        boolean rowScaled = format.alwaysRowScaled() || format.isTernary() && !projection;
        MemorySegment target = memory.apply(Packed.bytes(format, rows, columns, rowScaled));
        if (!format.isTernary()) {
            float scale = Packer.scale(format, 2 * DEVIATION);
            return Matrix.of(Packer.pack(format, rows, columns, scale, (row, values) -> fill(values), target));
        }
        float[] scales = new float[rows];
        Arrays.fill(scales, DEVIATION);
        return Matrix.of(Packer.packTernary(
                format, rows, columns, DEVIATION, rowScaled ? scales : null, (row, codes) -> fill(codes), target));
    }

    private void fill(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextFloat() * 4 - 2) * DEVIATION;
        }
    }

    private void fill(byte[] codes) {
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) random.nextInt(-1, 2);
        }
    }

    @Override
    public float[] vector(String name, int length) {
        float[] ones = new float[length];
        Arrays.fill(ones, 1);
        return ones;
    }
}
