package org.bitdistillery.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Every kernel against plain loops over plain arrays.
class KernelTest {

    private static final int[] COLUMNS = IntStream.concat(
            IntStream.rangeClosed(1, 41), IntStream.of(63, 64, 65, 99, 127, 128, 129, 172, 240, 255, 256, 257, 260, 300, 511, 512, 513))
            .toArray();

    private Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    /// Every activation is ±gamma, so INT8 saturates at ±127; codes are chosen to agree in sign, the worst case for overflow.
    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "TERNARY.*")
    void ternaryKernelEqualsTheScalarReferenceForEveryTail(WeightFormat format) {
        Random random = new Random(3);
        for (int rows = 1; rows <= 67; rows += rows < 4 || rows > 30 ? 1 : 5) {
            for (int columns : rows % 32 == 1 ? IntStream.rangeClosed(1, 513).toArray() : COLUMNS) {
                int tokens = 1 + random.nextInt(9);
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
                assertTernary(format, codes, rows, columns, x, tokens, random.nextBoolean());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "TERNARY.*")
    void ternaryKernelEqualsTheScalarReferenceForOrdinaryActivations(WeightFormat format) {
        Random random = new Random(4);
        for (int tokens = 1; tokens <= 9; tokens++) {
            for (int columns : new int[] {1, 7, 64, 172, 256, 1000}) {
                int rows = 1 + random.nextInt(150);
                float[] x = gaussian(random, tokens * columns, 3);
                // A few tokens have outliers, beside which the others round to small integers: long and short sums meet in one tile.
                for (int i = 0; i < x.length; i++) {
                    x[i] *= i / columns % 3 == 0 ? x[i] * x[i] : 1;
                }
                Arrays.fill(x, (tokens - 1) * columns, tokens * columns, 0);
                byte[] codes = new byte[rows * columns];
                for (int i = columns; i < codes.length; i++) {
                    codes[i] = (byte) (random.nextInt(3) - 1);
                }
                assertTernary(format, codes, rows, columns, x, tokens, tokens % 2 == 0);
            }
        }
    }

    /// BitNet's definition, in plain integers.
    private void assertTernary(WeightFormat format, byte[] codes, int rows, int columns, float[] x, int tokens, boolean rowScaled) {
        float delta = 0.37f;
        float[] rowScales = new float[rows];
        for (int row = 0; row < rows; row++) {
            rowScales[row] = 0.1f + row;
        }
        Packed packed = Packer.packTernary(format, rows, columns, delta, rowScaled ? rowScales : null,
                (row, to) -> System.arraycopy(codes, row * columns, to, 0, columns), zeroed(Packed.bytes(format, rows, columns, rowScaled)));
        float[] actual = multiply(packed, x, tokens);
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
                float expected = sum * ((rowScaled ? rowScales[row] : delta) * (gamma / 127f));
                if (actual[token * Lanes.padded(rows) + row] != expected) {
                    assertThat(actual[token * Lanes.padded(rows) + row])
                            .as("row %d of %d, %d columns, token %d of %d", row, rows, columns, token, tokens)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /// The weights are read back one by one, so that only multiplication and layout are judged here.
    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "INT8"})
    void floatKernelsEqualADoubleReferenceForEveryTail(WeightFormat format) {
        Random random = new Random(5);
        for (int rows = 1; rows <= 67; rows += rows < 3 || rows > 60 ? 1 : 7) {
            for (int columns : COLUMNS) {
                int tokens = 1 + random.nextInt(14);
                float[] weights = gaussian(random, rows * columns, 0.02);
                Arrays.fill(weights, 0, columns, 0);
                weights[weights.length - 1] = 3e-7f;
                float[] x = gaussian(random, tokens * columns, rows % 2 == 0 ? 1 : 1e4);
                Packed packed = pack(format, weights, rows, columns);
                assertProducts(packed, readBack(packed), x, tokens, 1e-5);
            }
        }
    }

    /// INT8 activations in blocks of 32, whose sums are exact; saturating in every second case.
    @Test
    void fourBitKernelEqualsTheScalarReferenceForEveryTail() {
        Random random = new Random(6);
        for (int rows = 1; rows <= 67; rows += rows < 3 || rows > 60 ? 1 : 7) {
            for (int columns : COLUMNS) {
                int tokens = 1 + random.nextInt(3);
                float[] weights = gaussian(random, rows * columns, 0.02);
                float[] x = gaussian(random, tokens * columns, 2);
                for (int i = 0; rows % 2 == 0 && i < x.length; i++) {
                    x[i] = x[i] > 0 ? 3 : -3;
                    weights[i % weights.length] = x[i];
                }
                Packed packed = pack(WeightFormat.INT4, weights, rows, columns);
                float[] rounded = x.clone();
                for (int token = 0; token < tokens; token++) {
                    for (int from = 0; from < columns; from += 32) {
                        roundBlock(rounded, token * columns + from, Math.min(32, columns - from));
                    }
                }
                assertProducts(packed, readBack(packed), rounded, x, tokens, 1e-5);
            }
        }
    }

    private static void roundBlock(float[] x, int from, int length) {
        float gamma = 1e-5f;
        for (int i = from; i < from + length; i++) {
            gamma = Math.max(gamma, Math.abs(x[i]));
        }
        for (int i = from; i < from + length; i++) {
            x[i] = (float) Math.rint(x[i] * (127f / gamma)) * (gamma / 127f);
        }
    }

    private void assertProducts(Packed packed, float[] weights, float[] x, int tokens, double tolerance) {
        assertProducts(packed, weights, x, x, tokens, tolerance);
    }

    /// @param seen what the kernel makes of `x`
    private void assertProducts(Packed packed, float[] weights, float[] seen, float[] x, int tokens, double tolerance) {
        int rows = packed.rows();
        int columns = packed.columns();
        float[] actual = multiply(packed, x, tokens);
        for (int token = 0; token < tokens; token++) {
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                double magnitude = 0;
                for (int column = 0; column < columns; column++) {
                    double product = (double) weights[row * columns + column] * seen[token * columns + column];
                    sum += product;
                    magnitude += Math.abs(product);
                }
                double error = Math.abs(actual[token * Lanes.padded(rows) + row] - sum);
                if (!(error <= magnitude * tolerance)) {
                    assertThat(error).as("%s, row %d of %d, %d columns, token %d", packed.format(), row, rows, columns, token).isZero();
                }
            }
        }
    }

    /// Half a step of the format: a part of the largest weight, or of the weight itself.
    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = "TERNARY.*")
    void packedWeightsAreNoFurtherFromTheOriginalThanTheFormatsStep(WeightFormat format) {
        Random random = new Random(7);
        float[] weights = gaussian(random, 40 * 97, 0.02);
        float[] kept = readBack(pack(format, weights, 40, 97));
        for (int row = 0; row < 40; row++) {
            float largest = largest(weights, row * 97, row * 97 + 97);
            for (int column = 0; column < 97; column++) {
                int i = row * 97 + column;
                int block = row * 97 + column / 32 * 32;
                double step = switch (format) {
                    case F32 -> 0;
                    case F16 -> Math.abs(weights[i]) * 0x1p-11 + largest * 0x1p-25;
                    case BF16 -> Math.abs(weights[i]) * 0x1p-8;
                    case INT8 -> largest / 254;
                    default -> largest(weights, block, Math.min(block + 32, row * 97 + 97)) / 14 + largest / 127 / 2;
                };
                assertThat(Math.abs(kept[i] - weights[i])).isLessThanOrEqualTo((float) (step * 1.0001));
            }
        }
    }

    @Test
    void everyByteOfFiveTernaryDigitsIsReadBack() {
        for (int number = 0; number < 243; number++) {
            byte[] digits = new byte[5];
            for (int i = 4, rest = number; i >= 0; i--, rest /= 3) {
                digits[i] = (byte) (rest % 3 - 1);
            }
            int code = Base3.encode(digits, 0, 5);
            for (int i = 0; i < 5; i++) {
                assertThat(Base3.decode(code, i)).isEqualTo(digits[i]);
            }
        }
    }

    @Test
    void halvesThatComeFromAHalfPrecisionFileAreKeptExactly() {
        float[] weights = new float[2000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Float.float16ToFloat((short) (i * 15));
        }
        assertThat(readBack(pack(WeightFormat.F16, weights, 40, 50))).containsExactly(weights);
    }

    @ParameterizedTest
    @EnumSource
    void oneTokenAndManyGiveTheSameBits(WeightFormat format) {
        int rows = 70;
        int columns = 290;
        Packed packed = KernelProbe.random(format, rows, columns, arena);
        float[] x = gaussian(new Random(6), 13 * columns, 1);
        float[] together = multiply(packed, x, 13);
        int width = Lanes.padded(rows);
        for (int token = 0; token < 13; token++) {
            float[] alone = multiply(packed, Arrays.copyOfRange(x, token * columns, (token + 1) * columns), 1);
            assertThat(Arrays.copyOf(alone, rows)).containsExactly(Arrays.copyOfRange(together, token * width, token * width + rows));
        }
    }

    /// The compiler may be busy with what other tests left it.
    private static final Duration COMPILED = Duration.ofSeconds(15);

    /// Vectors that are handed to a method which is not inlined end up on the heap, which hangs on what this process compiled before.
    @ParameterizedTest
    @EnumSource
    void aProductAllocatesNothingOnceItIsCompiled(WeightFormat format) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int tokens : new int[] {1, 13}) {
            try (var probe = new KernelProbe(format, 128, 650, tokens)) {
                long allocated = Long.MAX_VALUE;
                for (long end = System.nanoTime() + COMPILED.toNanos(); allocated > 0 && System.nanoTime() < end; ) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int run = 0; run < 20; run++) {
                        probe.run();
                    }
                    allocated = threads.getCurrentThreadAllocatedBytes() - before;
                }
                assertThat(allocated).as("%s, %d tokens", format, tokens).isZero();
            }
        }
    }

    @Test
    void exponentialIsAccurate() {
        for (float x = -87; x < 88; x += 0.01f) {
            float[] actual = new float[Lanes.COUNT];
            Arrays.fill(actual, x);
            VectorMath.exp(actual, 0, 1);
            assertThat(actual[0] / Math.exp(x)).isCloseTo(1, within(3e-7));
        }
    }

    private MemorySegment zeroed(long bytes) {
        return arena.allocate(bytes, Packed.ALIGNMENT);
    }

    private Packed pack(WeightFormat format, float[] weights, int rows, int columns) {
        float scale = Packer.scale(format, largest(weights, 0, weights.length));
        return Packer.pack(format, rows, columns, scale, (row, to) -> System.arraycopy(weights, row * columns, to, 0, columns),
                zeroed(Packed.bytes(format, rows, columns, format.alwaysRowScaled())));
    }

    private static float largest(float[] values, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    private static float[] readBack(Packed packed) {
        float[] weights = new float[packed.rows() * packed.columns()];
        for (int row = 0; row < packed.rows(); row++) {
            packed.row(row, weights, row * packed.columns());
        }
        return weights;
    }

    private static float[] multiply(Packed packed, float[] x, int tokens) {
        Matrix matrix = Matrix.of(packed);
        Operand operand = new Operands(tokens, packed.columns()).of(matrix);
        Scratch scratch = new Scratch(tokens, packed.columns());
        operand.load(x, packed.columns(), scratch, 0, operand.prepare(tokens, packed.columns()));
        int stride = Lanes.padded(matrix.rows());
        float[] out = new float[Operand.paddedTokens(tokens) * stride];
        matrix.multiply(operand, out, stride, scratch, 0, matrix.units());
        return out;
    }

    static float[] gaussian(Random random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
