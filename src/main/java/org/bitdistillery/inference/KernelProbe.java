package org.bitdistillery.inference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// One matrix product on random numbers, repeatable at will: what a kernel benchmark times.
public final class KernelProbe implements AutoCloseable {

    private static final int SEQUENCE = 1 << 13;

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

    /// Rows of a matrix that takes about so many bytes.
    public static int rows(WeightFormat format, long bytes, int columns) {
        return Math.toIntExact(bytes / format.panelBytes(columns) * Lanes.PANEL);
    }

    /// Random weights; those of ternary formats are -1, 0 and 1 with equal chance. Rows are pieces of one random sequence from random places,
    /// so that a matrix that no cache holds is made in seconds.
    /// F16 is lifted as in a model: subnormal floats would slow the kernel down.
    static Packed random(WeightFormat format, int rows, int columns, Arena arena) {
        SplittableRandom random = new SplittableRandom(2);
        MemorySegment target = arena.allocate(
                Packed.bytes(format, rows, columns, format.alwaysRowScaled()), Packed.ALIGNMENT);
        if (format.isTernary()) {
            byte[] codes = new byte[SEQUENCE + columns];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (byte) random.nextInt(-1, 2);
            }
            return Packer.packTernary(
                    format, rows, columns, 1, null, (_, row) -> System.arraycopy(codes, random.nextInt(SEQUENCE), row, 0, columns), target);
        }
        float[] values = new float[SEQUENCE + columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return Packer.pack(format, rows, columns, Packer.scale(format, 1),
                (_, row) -> System.arraycopy(values, random.nextInt(SEQUENCE), row, 0, columns), target);
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
