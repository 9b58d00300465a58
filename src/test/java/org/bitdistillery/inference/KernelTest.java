package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class KernelTest {

    private static final int[] COLUMNS = IntStream.concat(
            IntStream.rangeClosed(1, 40), IntStream.of(63, 64, 65, 127, 128, 172, 255, 256, 257, 300, 511, 512, 513)).toArray();

    /// Every activation is ±gamma, so INT8 saturates at ±127; codes are chosen to agree in sign, the worst case for overflow.
    @Test
    void ternaryKernelEqualsTheScalarReferenceForEveryTail() {
        Random random = new Random(3);
        for (int rows = 1; rows <= 67; rows++) {
            for (int columns : rows % 16 <= 1 ? IntStream.rangeClosed(1, 513).toArray() : COLUMNS) {
                int tokens = 1 + random.nextInt(4);
                float[] x = new float[tokens * columns];
                for (int i = 0; i < x.length; i++) {
                    x[i] = random.nextBoolean() ? 2.5f : -2.5f;
                }
                byte[] codes = new byte[rows * columns];
                for (int row = 0; row < rows; row++) {
                    for (int column = 0; column < columns; column++) {
                        byte agreeing = (byte) (x[column] > 0 ? 1 : -1);
                        codes[row * columns + column] = row % 3 == 0 ? agreeing : (byte) (random.nextInt(3) - 1);
                    }
                }
                assertTernary(codes, rows, columns, x, tokens);
            }
        }
    }

    @Test
    void ternaryKernelEqualsTheScalarReferenceForOrdinaryActivations() {
        Random random = new Random(4);
        for (int tokens = 1; tokens <= 9; tokens++) {
            for (int columns : new int[] {1, 7, 64, 172, 256, 1000}) {
                int rows = 1 + random.nextInt(150);
                float[] x = gaussian(random, tokens * columns, 3);
                Arrays.fill(x, (tokens - 1) * columns, tokens * columns, 0);
                byte[] codes = new byte[rows * columns];
                for (int i = 0; i < codes.length; i++) {
                    codes[i] = (byte) (random.nextInt(3) - 1);
                }
                assertTernary(codes, rows, columns, x, tokens);
            }
        }
    }

    /// BitNet's definition, in plain integers.
    private static void assertTernary(byte[] codes, int rows, int columns, float[] x, int tokens) {
        float delta = 0.37f;
        TernaryOperand operand = new TernaryOperand(tokens, columns, 1);
        operand.load(x, columns, 0, 0, operand.prepare(tokens, columns));
        float[] actual = multiply(TernaryMatrix.of(codes, rows, columns, delta), operand, tokens);
        for (int token = 0; token < tokens; token++) {
            float gamma = 1e-5f;
            for (int column = 0; column < columns; column++) {
                gamma = Math.max(gamma, Math.abs(x[token * columns + column]));
            }
            for (int row = 0; row < rows; row++) {
                int sum = 0;
                for (int column = 0; column < columns; column++) {
                    sum += codes[row * columns + column] * (int) Math.rint(x[token * columns + column] * (127f / gamma));
                }
                float expected = sum * (delta * (gamma / 127f));
                if (actual[token * Lanes.padded(rows) + row] != expected) {
                    assertThat(actual[token * Lanes.padded(rows) + row])
                            .as("row %d of %d, %d columns, token %d of %d", row, rows, columns, token, tokens)
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void halfKernelEqualsADoubleReferenceForEveryTail() {
        Random random = new Random(5);
        for (int rows = 1; rows <= 67; rows++) {
            for (int columns : COLUMNS) {
                int tokens = 1 + random.nextInt(14);
                float[] weights = gaussian(random, rows * columns, 0.02);
                weights[0] = 0;
                weights[weights.length - 1] = 3e-7f;
                float[] x = gaussian(random, tokens * columns, rows % 2 == 0 ? 1 : 1e4);
                assertHalf(weights, rows, columns, x, tokens);
            }
        }
    }

    private static void assertHalf(float[] weights, int rows, int columns, float[] x, int tokens) {
        HalfOperand operand = new HalfOperand(tokens, columns);
        operand.load(x, columns, 0, 0, operand.prepare(tokens, columns));
        float[] actual = multiply(HalfMatrix.of(weights, rows, columns), operand, tokens);
        for (int token = 0; token < tokens; token++) {
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                double magnitude = 0;
                for (int column = 0; column < columns; column++) {
                    double weight = weights[row * columns + column];
                    sum += weight * x[token * columns + column];
                    magnitude += Math.abs(weight * x[token * columns + column]);
                }
                double error = Math.abs(actual[token * Lanes.padded(rows) + row] - sum);
                if (error > magnitude * 0x1p-11) {
                    assertThat(error).as("row %d of %d, %d columns, token %d", row, rows, columns, token).isZero();
                }
            }
        }
    }

    @Test
    void halvesThatComeFromAHalfPrecisionFileAreKeptExactly() {
        float[] weights = new float[2000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Float.float16ToFloat((short) (i * 15));
        }
        HalfMatrix matrix = HalfMatrix.of(weights, 40, 50);
        float[] row = new float[50];
        for (int i = 0; i < 40; i++) {
            matrix.row(i, row, 0);
            assertThat(row).containsExactly(Arrays.copyOfRange(weights, i * 50, i * 50 + 50));
        }
    }

    @Test
    void oneTokenAndManyGiveTheSameBits() {
        Random random = new Random(6);
        float[] weights = gaussian(random, 70 * 90, 1);
        float[] x = gaussian(random, 9 * 90, 1);
        HalfMatrix matrix = HalfMatrix.of(weights, 70, 90);
        HalfOperand operand = new HalfOperand(9, 90);
        operand.load(x, 90, 0, 0, operand.prepare(9, 90));
        float[] together = multiply(matrix, operand, 9);
        for (int token = 0; token < 9; token++) {
            operand.prepare(1, 90);
            operand.load(Arrays.copyOfRange(x, token * 90, token * 90 + 90), 90, 0, 0, 1);
            int width = Lanes.padded(70);
            float[] alone = Arrays.copyOfRange(together, token * width, (token + 1) * width);
            assertThat(multiply(matrix, operand, 1)).containsExactly(alone);
        }
    }

    @Test
    void exponentialIsAccurate() {
        for (float x = -87; x < 88; x += 0.01f) {
            float actual = VectorMath.exp(FloatVector.broadcast(Lanes.FLOATS, x)).lane(0);
            assertThat(actual / Math.exp(x)).isCloseTo(1, within(3e-7));
        }
    }

    private static float[] multiply(Matrix matrix, Operand operand, int tokens) {
        int stride = Lanes.padded(matrix.rows());
        float[] out = new float[Operand.paddedTokens(tokens) * stride];
        matrix.multiply(operand, out, stride, 0, 0, matrix.units());
        return out;
    }

    private static float[] gaussian(Random random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
