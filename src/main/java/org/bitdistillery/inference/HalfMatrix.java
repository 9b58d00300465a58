package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.INTS;
import static org.bitdistillery.inference.Lanes.PANEL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Half-precision weights (IEEE binary16), multiplied and summed in float32.
///
/// A half becomes a float by shifting exponent and mantissa into place; what comes out is `2^-112` times too small. The
/// whole matrix is scaled by a power of two before, which is exact and keeps small weights out of the subnormals.
/// Every row is summed in the order of its columns, for one token as for many: the results are equal bit for bit.
final class HalfMatrix implements Matrix {

    private static final int HALF_BIAS = 112;
    /// Sign, exponent and mantissa of a half within a float.
    private static final int FIELDS = 0x8FFF_E000;

    private final int rows;
    private final int columns;
    private final int[] panels;
    private final int exponent;

    private HalfMatrix(int rows, int columns, int[] panels, int exponent) {
        this.rows = rows;
        this.columns = columns;
        this.panels = panels;
        this.exponent = exponent;
    }

    /// @param weights finite, [rows, columns]; rounded half to even
    static HalfMatrix of(float[] weights, int rows, int columns) {
        float largest = VectorMath.largest(weights, 0, weights.length);
        int exponent = largest == 0 ? 0 : Math.clamp(14 - Math.getExponent(largest), -60, 60);
        float scale = Math.scalb(1f, exponent);
        int[] panels = new int[Math.multiplyExact(Lanes.padded(rows) / 2, columns)];
        for (int row = 0; row < rows; row++) {
            int shift = row % PANEL < COUNT ? 0 : 16;
            int target = position(row, columns);
            for (int column = 0; column < columns; column++) {
                int half = Float.floatToFloat16(weights[row * columns + column] * scale) & 0xFFFF;
                panels[target + column * COUNT] |= half << shift;
            }
        }
        return new HalfMatrix(rows, columns, panels, exponent);
    }

    private static int position(int row, int columns) {
        return row / PANEL * columns * COUNT + row % COUNT;
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
        return 4L * panels.length;
    }

    /// Copies one row, for use as an embedding.
    void row(int row, float[] target, int offset) {
        int shift = row % PANEL < COUNT ? 0 : 16;
        int source = position(row, columns);
        float scale = Math.scalb(1f, -exponent);
        for (int column = 0; column < columns; column++) {
            target[offset + column] = Float.float16ToFloat((short) (panels[source + column * COUNT] >>> shift)) * scale;
        }
    }

    @Override
    public void multiply(Operand operand, float[] out, int stride, int worker, int from, int to) {
        HalfOperand input = (HalfOperand) operand;
        float scale = Math.scalb(1f, HALF_BIAS - HalfOperand.EXPONENT - exponent);
        int panel = columns * COUNT;
        if (input.tokens == 1) {
            for (int p = 2 * from; p < 2 * to; p += 2) {
                twoPanels(panels, p * panel, columns, input.values, out, p * PANEL, scale);
            }
            return;
        }
        for (int p = 2 * from; p < 2 * to; p++) {
            for (int token = 0; token < input.tokens; token += HalfOperand.TILE) {
                sixTokens(panels, p * panel, columns, input.values, token * columns, out, token * stride + p * PANEL,
                        stride, scale);
            }
        }
    }

    private static FloatVector low(IntVector halves, IntVector fields) {
        return high(halves.lanewise(VectorOperators.LSHL, 16), fields);
    }

    private static FloatVector high(IntVector halves, IntVector fields) {
        return halves.lanewise(VectorOperators.ASHR, 3).and(fields).reinterpretAsFloats();
    }

    /// Matrix × vector: two panels share each activation.
    private static void twoPanels(int[] weights, int at, int columns, float[] x, float[] out, int to, float scale) {
        int second = at + columns * COUNT;
        IntVector fields = IntVector.broadcast(INTS, FIELDS);
        FloatVector low0 = FloatVector.zero(FLOATS);
        FloatVector high0 = low0;
        FloatVector low1 = low0;
        FloatVector high1 = low0;
        for (int column = 0; column < columns; column++) {
            FloatVector activation = FloatVector.broadcast(FLOATS, x[column]);
            IntVector halves = IntVector.fromArray(INTS, weights, at + column * COUNT);
            low0 = low(halves, fields).fma(activation, low0);
            high0 = high(halves, fields).fma(activation, high0);
            halves = IntVector.fromArray(INTS, weights, second + column * COUNT);
            low1 = low(halves, fields).fma(activation, low1);
            high1 = high(halves, fields).fma(activation, high1);
        }
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        store(low0, high0, scales, out, to);
        store(low1, high1, scales, out, to + PANEL);
    }

    /// Matrix × matrix: six tokens share each panel's weights, twelve sums fill the registers.
    private static void sixTokens(int[] weights, int at, int columns, float[] x, int from, float[] out, int to, int stride,
            float scale) {
        IntVector fields = IntVector.broadcast(INTS, FIELDS);
        FloatVector low0 = FloatVector.zero(FLOATS);
        FloatVector low1 = low0;
        FloatVector low2 = low0;
        FloatVector low3 = low0;
        FloatVector low4 = low0;
        FloatVector low5 = low0;
        FloatVector high0 = low0;
        FloatVector high1 = low0;
        FloatVector high2 = low0;
        FloatVector high3 = low0;
        FloatVector high4 = low0;
        FloatVector high5 = low0;
        for (int column = 0; column < columns; column++) {
            IntVector halves = IntVector.fromArray(INTS, weights, at + column * COUNT);
            FloatVector low = low(halves, fields);
            FloatVector high = high(halves, fields);
            int i = from + column * HalfOperand.TILE;
            FloatVector activation = FloatVector.broadcast(FLOATS, x[i]);
            low0 = low.fma(activation, low0);
            high0 = high.fma(activation, high0);
            activation = FloatVector.broadcast(FLOATS, x[i + 1]);
            low1 = low.fma(activation, low1);
            high1 = high.fma(activation, high1);
            activation = FloatVector.broadcast(FLOATS, x[i + 2]);
            low2 = low.fma(activation, low2);
            high2 = high.fma(activation, high2);
            activation = FloatVector.broadcast(FLOATS, x[i + 3]);
            low3 = low.fma(activation, low3);
            high3 = high.fma(activation, high3);
            activation = FloatVector.broadcast(FLOATS, x[i + 4]);
            low4 = low.fma(activation, low4);
            high4 = high.fma(activation, high4);
            activation = FloatVector.broadcast(FLOATS, x[i + 5]);
            low5 = low.fma(activation, low5);
            high5 = high.fma(activation, high5);
        }
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        store(low0, high0, scales, out, to);
        store(low1, high1, scales, out, to + stride);
        store(low2, high2, scales, out, to + 2 * stride);
        store(low3, high3, scales, out, to + 3 * stride);
        store(low4, high4, scales, out, to + 4 * stride);
        store(low5, high5, scales, out, to + 5 * stride);
    }

    private static void store(FloatVector low, FloatVector high, FloatVector scales, float[] out, int to) {
        low.mul(scales).intoArray(out, to);
        high.mul(scales).intoArray(out, to + COUNT);
    }
}
