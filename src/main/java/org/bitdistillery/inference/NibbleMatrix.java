package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.INTS;
import static org.bitdistillery.inference.Lanes.ORDER;
import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Four-bit weights in blocks of 32 columns, multiplied with INT8 activations in blocks of 32.
///
/// A 32-bit lane holds eight columns as the base-16 digits of a number, eight too large each; they are no more cut out than those
/// of [TwoBitMatrix]. A block's sum fits 16 bits (8 · 127 · 32 < 2^15) and is exact; scaled, it is added in float32, block after block.
final class NibbleMatrix implements Matrix {

    private static final long GROUP_BYTES = 4L * PANEL;
    private static final int GROUPS_A_BLOCK = BlockOperand.BLOCK / BlockOperand.GROUP;

    private final Packed packed;

    NibbleMatrix(Packed packed) {
        this.packed = packed;
    }

    @Override
    public Packed packed() {
        return packed;
    }

    @Override
    public void multiply(Operand operand, float[] out, int stride, Scratch scratch, int from, int to) {
        BlockOperand input = (BlockOperand) operand;
        int blocks = Packed.blocks(columns());
        for (int row = from * Lanes.UNIT; row < to * Lanes.UNIT; row += 2 * COUNT) {
            int panel = row / PANEL;
            long at = panel * packed.panelBytes() + row % PANEL * 4L;
            long scales = packed.blockScalesAt() + (long) panel * blocks * PANEL + row % PANEL;
            for (int token = 0; token < input.tokens(); token++) {
                sums(packed.data(), at, scales, blocks, input.pairs, input.offsets, input.scales, token * blocks, out, token * stride + row);
                scale(row, out, token * stride + row);
            }
        }
    }

    /// Two vectors of rows at a time.
    private static void sums(MemorySegment data, long at, long scales, int blocks, int[] x, int[] offsets, float[] activations,
            int from, float[] out, int to) {
        FloatVector total0 = FloatVector.zero(FLOATS);
        FloatVector total1 = total0;
        for (int block = 0; block < blocks; block++) {
            ShortVector sum0 = TernaryMatrix.spread(offsets, from + block);
            ShortVector sum1 = sum0;
            for (int group = 0; group < GROUPS_A_BLOCK; group++) {
                long i = at + (block * GROUPS_A_BLOCK + group) * GROUP_BYTES;
                int pairs = (from + block) * BlockOperand.PAIRS + group * BlockOperand.HALF;
                IntVector digits0 = IntVector.fromMemorySegment(INTS, data, i, ORDER);
                IntVector digits1 = IntVector.fromMemorySegment(INTS, data, i + 4L * COUNT, ORDER);
                for (int digit = 0; digit < BlockOperand.HALF; digit++) {
                    ShortVector pair = TernaryMatrix.spread(x, pairs + digit);
                    sum0 = sum0.add(digits0.reinterpretAsShorts().mul(pair));
                    sum1 = sum1.add(digits1.reinterpretAsShorts().mul(pair));
                    digits0 = digits0.lanewise(VectorOperators.LSHR, 4);
                    digits1 = digits1.lanewise(VectorOperators.LSHR, 4);
                }
            }
            FloatVector activation = FloatVector.broadcast(FLOATS, activations[from + block]);
            long s = scales + block * (long) PANEL;
            total0 = scaled(sum0, data, s).fma(activation, total0);
            total1 = scaled(sum1, data, s + COUNT).fma(activation, total1);
        }
        total0.intoArray(out, to);
        total1.intoArray(out, to + COUNT);
    }

    /// A block's sum times its scale, exact: fifteen bits times seven.
    private static FloatVector scaled(ShortVector sum, MemorySegment data, long scales) {
        return ((FloatVector) TernaryMatrix.wide(sum).convert(VectorOperators.I2F, 0)).mul(ByteMatrix.floats(data, scales));
    }

    private void scale(int row, float[] out, int to) {
        for (int i = 0; i < 2 * COUNT; i += COUNT) {
            FloatVector scales = FloatVector.fromMemorySegment(
                    FLOATS, packed.data(), packed.rowScalesAt() + 4L * (row + i), ORDER);
            FloatVector.fromArray(FLOATS, out, to + i).mul(scales).intoArray(out, to + i);
        }
    }
}
