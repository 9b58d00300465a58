package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Ternary weights, two bits each, multiplied with INT8 activations in exact integers.
///
/// A 32-bit lane holds sixteen columns of one row as the base-4 digits `c0 .. c15` of a number P, `c = t + 1`. The digits are
/// never cut out: modulo 2^16, `S_i = P >> 2i` has `c_i = S_i - 4·S_(i+1)`, hence `Σ x_i·c_i = Σ S_i·(x_i - 4·x_(i-1))`.
/// Shifting P by 0 to 7 digits brings S_i into the low and S_(i+8) into the high half of the lane, where 16-bit products
/// are summed. Low and high sum together give `Σ x·c` modulo 2^16, and starting one of them at `-Σx` gives `Σ x·t`. That
/// fits 16 bits for 256 columns (|x| ≤ 127); after each such chunk it is widened to 32 bits.
final class TernaryMatrix implements Matrix {

    /// Columns that share a lane.
    static final int GROUP = 16;
    /// Groups between two widenings.
    static final int CHUNK = 16;
    /// Rows of a panel, one a lane.
    private static final int PANEL = COUNT;
    private static final int PANELS_A_UNIT = Lanes.UNIT / PANEL;

    private final int rows;
    private final int columns;
    private final int[] panels;
    private final float delta;

    private TernaryMatrix(int rows, int columns, int[] panels, float delta) {
        this.rows = rows;
        this.columns = columns;
        this.panels = panels;
        this.delta = delta;
    }

    /// @param codes -1, 0 or 1, [rows, columns]
    /// @param delta what a code of 1 stands for
    static TernaryMatrix of(byte[] codes, int rows, int columns, float delta) {
        int groups = Math.ceilDiv(columns, GROUP);
        int[] panels = new int[Math.multiplyExact(Lanes.padded(rows), groups)];
        for (int row = 0; row < Lanes.padded(rows); row++) {
            for (int column = 0; column < groups * GROUP; column++) {
                int code = row < rows && column < columns ? codes[row * columns + column] + 1 : 1;
                int at = (row / PANEL * groups + column / GROUP) * PANEL + row % PANEL;
                panels[at] |= code << 2 * (column % GROUP);
            }
        }
        return new TernaryMatrix(rows, columns, panels, delta);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public long bytes() {
        return 4L * panels.length + Float.BYTES;
    }

    @Override
    public void multiply(Operand operand, float[] out, int stride, int worker, int from, int to) {
        TernaryOperand input = (TernaryOperand) operand;
        int[] sums = input.sums[worker];
        int panel = input.groups() * PANEL;
        int end = to * PANELS_A_UNIT;
        if (input.tokens == 1) {
            for (int p = from * PANELS_A_UNIT; p < end; p += 2) {
                for (int chunk = 0; chunk < input.chunks(); chunk++) {
                    twoPanels(panels, p * panel, input, chunk, sums);
                }
                store(sums, 0, delta * input.scales[0], out, p * PANEL);
                store(sums, COUNT, delta * input.scales[0], out, p * PANEL + PANEL);
            }
            return;
        }
        for (int p = from * PANELS_A_UNIT; p < end; p += 2) {
            for (int token = 0; token < input.tokens; token += TernaryOperand.TILE) {
                for (int chunk = 0; chunk < input.chunks(); chunk++) {
                    twoByTwo(panels, p * panel, input, token, chunk, sums);
                }
                int target = token * stride + p * PANEL;
                store(sums, 0, delta * input.scales[token], out, target);
                store(sums, COUNT, delta * input.scales[token], out, target + PANEL);
                store(sums, 2 * COUNT, delta * input.scales[token + 1], out, target + stride);
                store(sums, 3 * COUNT, delta * input.scales[token + 1], out, target + stride + PANEL);
            }
        }
    }

    private static ShortVector spread(int[] pairs, int at) {
        return IntVector.broadcast(INTS, pairs[at]).reinterpretAsShorts();
    }

    /// Matrix × vector: two panels share each pair of activations.
    private static void twoPanels(int[] weights, int at, TernaryOperand input, int chunk, int[] sums) {
        int[] x = input.differences;
        int second = at + input.groups() * PANEL;
        int to = Math.min(input.groups(), (chunk + 1) * CHUNK);
        ShortVector sum0 = spread(input.offsets, chunk);
        ShortVector sum1 = sum0;
        for (int group = chunk * CHUNK; group < to; group++) {
            IntVector digits0 = IntVector.fromArray(INTS, weights, at + group * PANEL);
            IntVector digits1 = IntVector.fromArray(INTS, weights, second + group * PANEL);
            int i = group * TernaryOperand.PAIRS;
            for (int digit = 0; digit < TernaryOperand.PAIRS; digit++) {
                ShortVector pair = spread(x, i + digit);
                sum0 = sum0.add(digits0.reinterpretAsShorts().mul(pair));
                sum1 = sum1.add(digits1.reinterpretAsShorts().mul(pair));
                digits0 = digits0.lanewise(VectorOperators.LSHR, 2);
                digits1 = digits1.lanewise(VectorOperators.LSHR, 2);
            }
        }
        widen(sum0, sums, 0, chunk == 0);
        widen(sum1, sums, COUNT, chunk == 0);
    }

    /// Matrix × matrix: two panels times two tokens. More of either overflows the compiler's inlining budget.
    private static void twoByTwo(int[] weights, int at, TernaryOperand input, int token, int chunk, int[] sums) {
        int[] x = input.differences;
        int second = at + input.groups() * PANEL;
        int tile = token * input.groups() * TernaryOperand.PAIRS;
        int offset = token * input.chunks() + chunk * TernaryOperand.TILE;
        int to = Math.min(input.groups(), (chunk + 1) * CHUNK);
        ShortVector sum00 = spread(input.offsets, offset);
        ShortVector sum10 = sum00;
        ShortVector sum01 = spread(input.offsets, offset + 1);
        ShortVector sum11 = sum01;
        for (int group = chunk * CHUNK; group < to; group++) {
            IntVector digits0 = IntVector.fromArray(INTS, weights, at + group * PANEL);
            IntVector digits1 = IntVector.fromArray(INTS, weights, second + group * PANEL);
            int i = tile + group * TernaryOperand.PAIRS * TernaryOperand.TILE;
            for (int digit = 0; digit < TernaryOperand.PAIRS; digit++) {
                ShortVector pair0 = spread(x, i + TernaryOperand.TILE * digit);
                sum00 = sum00.add(digits0.reinterpretAsShorts().mul(pair0));
                sum10 = sum10.add(digits1.reinterpretAsShorts().mul(pair0));
                ShortVector pair1 = spread(x, i + TernaryOperand.TILE * digit + 1);
                sum01 = sum01.add(digits0.reinterpretAsShorts().mul(pair1));
                sum11 = sum11.add(digits1.reinterpretAsShorts().mul(pair1));
                digits0 = digits0.lanewise(VectorOperators.LSHR, 2);
                digits1 = digits1.lanewise(VectorOperators.LSHR, 2);
            }
        }
        widen(sum00, sums, 0, chunk == 0);
        widen(sum10, sums, COUNT, chunk == 0);
        widen(sum01, sums, 2 * COUNT, chunk == 0);
        widen(sum11, sums, 3 * COUNT, chunk == 0);
    }

    /// Adds the two halves of each lane modulo 2^16, and the result to 32-bit sums.
    private static void widen(ShortVector halves, int[] sums, int at, boolean first) {
        IntVector pairs = halves.reinterpretAsInts();
        IntVector wide = pairs.add(pairs.lanewise(VectorOperators.LSHL, 16)).lanewise(VectorOperators.ASHR, 16);
        if (!first) {
            wide = wide.add(IntVector.fromArray(INTS, sums, at));
        }
        wide.intoArray(sums, at);
    }

    private static void store(int[] sums, int at, float scale, float[] out, int to) {
        IntVector sum = IntVector.fromArray(INTS, sums, at);
        ((FloatVector) sum.convert(VectorOperators.I2F, 0)).mul(scale).intoArray(out, to);
    }
}
