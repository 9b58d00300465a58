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
    private static final int PANELS = Lanes.UNIT / PANEL;
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
        for (int panel = from * PANELS; panel < to * PANELS; panel++) {
            blockScales(packed.data(), packed.blockScalesAt() + (long) panel * blocks * PANEL, blocks, scratch.blockScales);
            for (int token = 0; token < input.tokens(); token++) {
                int target = token * stride + panel * PANEL;
                for (int lane = 0; lane < PANEL; lane += 2 * COUNT) {
                    sums(packed.data(), panel * packed.panelBytes() + lane * 4L, scratch.blockScales, lane, blocks, input, token * blocks,
                            out, target + lane);
                }
                scale(panel * PANEL, out, target);
            }
        }
    }

    /// As floats, since they would be converted for each token, and since a loop that reads few segments is compiled better.
    private static void blockScales(MemorySegment data, long at, int blocks, float[] scales) {
        for (int i = 0; i < blocks * PANEL; i += COUNT) {
            ByteMatrix.floats(data, at + i).intoArray(scales, i);
        }
    }

    /// Two vectors of rows at a time.
    private static void sums(MemorySegment data, long at, float[] scales, int lane, int blocks, BlockOperand input, int from, float[] out,
            int to) {
        int[] x = input.pairs;
        int firstPair = from * BlockOperand.PAIRS;
        FloatVector total0 = FloatVector.zero(FLOATS);
        FloatVector total1 = total0;
        for (int block = 0; block < blocks; block++) {
            ShortVector sum0 = TernaryMatrix.spread(input.offsets, from + block);
            ShortVector sum1 = sum0;
            for (int group = 0; group < GROUPS_A_BLOCK; group++) {
                long i = at + (block * GROUPS_A_BLOCK + group) * GROUP_BYTES;
                int pairs = block * BlockOperand.PAIRS + (firstPair + group * BlockOperand.HALF);
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
            FloatVector activation = FloatVector.broadcast(FLOATS, input.scales[from + block]);
            int s = block * PANEL + lane;
            total0 = scaled(sum0, scales, s).fma(activation, total0);
            total1 = scaled(sum1, scales, s + COUNT).fma(activation, total1);
        }
        total0.intoArray(out, to);
        total1.intoArray(out, to + COUNT);
    }

    /// A block's sum times its scale, exact: fifteen bits times seven.
    private static FloatVector scaled(ShortVector sum, float[] scales, int at) {
        return ((FloatVector) TernaryMatrix.wide(sum).convert(VectorOperators.I2F, 0)).mul(FloatVector.fromArray(FLOATS, scales, at));
    }

    private void scale(int row, float[] out, int to) {
        for (int i = 0; i < PANEL; i += COUNT) {
            FloatVector scales = FloatVector.fromMemorySegment(
                    FLOATS, packed.data(), packed.rowScalesAt() + 4L * (row + i), ORDER);
            FloatVector.fromArray(FLOATS, out, to + i).mul(scales).intoArray(out, to + i);
        }
    }
}
