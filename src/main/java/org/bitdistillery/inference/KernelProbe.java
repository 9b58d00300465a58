package org.bitdistillery.inference;

import java.util.SplittableRandom;

/// One matrix product on random numbers, repeatable at will: what a kernel benchmark times.
public final class KernelProbe {

    private final Matrix matrix;
    private final Operand operand;
    private final float[] out;
    private final int tokens;

    private KernelProbe(Matrix matrix, Operand operand, int tokens) {
        this.matrix = matrix;
        this.operand = operand;
        this.tokens = tokens;
        out = new float[Operand.paddedTokens(tokens) * Lanes.padded(matrix.rows())];
        float[] x = random(tokens * matrix.columns());
        operand.load(x, matrix.columns(), 0, 0, operand.prepare(tokens, matrix.columns()));
    }

    public static KernelProbe half(int rows, int columns, int tokens) {
        return new KernelProbe(HalfMatrix.of(random(rows * columns), rows, columns), new HalfOperand(tokens, columns), tokens);
    }

    public static KernelProbe ternary(int rows, int columns, int tokens) {
        byte[] codes = new byte[rows * columns];
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) random.nextInt(-1, 2);
        }
        return new KernelProbe(TernaryMatrix.of(codes, rows, columns, 1), new TernaryOperand(tokens, columns, 1), tokens);
    }

    private static float[] random(int length) {
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /// Multiplications of one run.
    public double products() {
        return (double) matrix.rows() * matrix.columns() * tokens;
    }

    public void run() {
        matrix.multiply(operand, out, Lanes.padded(matrix.rows()), 0, 0, matrix.units());
    }
}
