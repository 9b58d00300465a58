package org.bitdistillery.inference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// One matrix product on random numbers, repeatable at will: what a kernel benchmark times.
public final class KernelProbe implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final Matrix matrix;
    private final Operand operand;
    private final Scratch scratch;
    private final float[] out;
    private final int tokens;

    public KernelProbe(WeightFormat format, int rows, int columns, int tokens) {
        this.tokens = tokens;
        matrix = Matrix.of(random(format, rows, columns, arena));
        operand = new Operands(tokens, columns).of(matrix);
        scratch = new Scratch(tokens, columns);
        out = new float[Operand.paddedTokens(tokens) * Lanes.padded(rows)];
        SplittableRandom random = new SplittableRandom(3);
        float[] x = new float[tokens * columns];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        operand.load(x, columns, scratch, 0, operand.prepare(tokens, columns));
    }

    /// Random weights; those of ternary formats are -1, 0 and 1 with equal chance.
    static Packed random(WeightFormat format, int rows, int columns, Arena arena) {
        SplittableRandom random = new SplittableRandom(2);
        MemorySegment target = arena.allocate(
                Packed.bytes(format, rows, columns, format.alwaysRowScaled()), Packed.ALIGNMENT);
        if (format.isTernary()) {
            return Packer.packTernary(format, rows, columns, 1, null, (row, codes) -> {
                for (int i = 0; i < codes.length; i++) {
                    codes[i] = (byte) random.nextInt(-1, 2);
                }
            }, target);
        }
        return Packer.pack(format, rows, columns, 1, (row, values) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(-1, 1);
            }
        }, target);
    }

    /// Multiplications of one run.
    public double products() {
        return (double) matrix.rows() * matrix.columns() * tokens;
    }

    /// Bytes of the weights.
    public long bytes() {
        return matrix.bytes();
    }

    public void run() {
        matrix.multiply(operand, out, Lanes.padded(matrix.rows()), scratch, 0, matrix.units());
    }

    /// The bits of what the last run gave.
    int digest() {
        return Arrays.hashCode(Arrays.copyOf(out, tokens * Lanes.padded(matrix.rows())));
    }

    @Override
    public void close() {
        arena.close();
    }
}
