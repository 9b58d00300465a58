package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.INTS;
import static org.bitdistillery.inference.Lanes.ORDER;
import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Ternary weights, two bits each.
///
/// A 32-bit lane holds sixteen columns of one row as the base-4 digits `c0 .. c15` of a number P, `c = t + 1`. For one token the
/// digits are never cut out: modulo 2^16, `S_i = P >> 2i` has `c_i = S_i - 4·S_(i+1)`, hence `Σ x_i·c_i = Σ S_i·(x_i - 4·x_(i-1))`.
/// Shifting P by 0 to 7 digits brings S_i into the low and S_(i+8) into the high half of the lane, where 16-bit products
/// are summed. Low and high sum together give `Σ x·c` modulo 2^16, and starting one of them at `-Σx` gives `Σ x·t`.
final class TwoBitMatrix extends TernaryMatrix {

    private static final int GROUP = 16;
    private static final int PAIRS = GROUP / 2;
    /// A digit of each half.
    private static final int CODES = 0x0003_0003;
    private static final long GROUP_BYTES = 4L * PANEL;
    /// Rows whose sums are in registers: a panel, or half of one.
    private static final int AT_ONCE = Math.min(PANEL, 4 * COUNT);
    private static final int GROUPS_A_CHUNK = groupsAChunk(WeightFormat.TERNARY_2BIT);

    TwoBitMatrix(Packed packed) {
        super(packed);
    }

    @Override
    void unit(MemorySegment data, int unit, TernaryOperand input, Scratch scratch) {
        Arrays.fill(scratch.sums, 0, Lanes.UNIT, 0);
        for (int row = 0; row < Lanes.UNIT; row += PANEL) {
            panel(data, (2L * unit + row / PANEL) * packed().panelBytes(), input, scratch.sums, row);
        }
    }

    /// Panels are read one after the other, which was measured to be faster than two side by side.
    private static void panel(MemorySegment data, long at, TernaryOperand input, int[] sums, int to) {
        for (int lane = 0; lane < PANEL; lane += AT_ONCE) {
            for (int group = 0; group < input.groups(); group += GROUPS_A_CHUNK) {
                int groups = Math.min(GROUPS_A_CHUNK, input.groups() - group);
                int offset = input.offsets[group / GROUPS_A_CHUNK];
                long from = at + group * GROUP_BYTES + lane * 4L;
                if (AT_ONCE == 2 * COUNT) {
                    twoVectors(data, from, groups, input.pairs, group * PAIRS, offset, sums, to + lane);
                } else {
                    fourVectors(data, from, groups, input.pairs, group * PAIRS, offset, sums, to + lane);
                }
            }
        }
    }

    private static void twoVectors(MemorySegment data, long at, int groups, int[] x, int from, int offset, int[] sums, int to) {
        ShortVector sum0 = IntVector.broadcast(INTS, offset).reinterpretAsShorts();
        ShortVector sum1 = sum0;
        for (int group = 0; group < groups; group++) {
            long i = at + group * GROUP_BYTES;
            IntVector digits0 = IntVector.fromMemorySegment(INTS, data, i, ORDER);
            IntVector digits1 = IntVector.fromMemorySegment(INTS, data, i + 4L * COUNT, ORDER);
            for (int digit = 0; digit < PAIRS; digit++) {
                ShortVector pair = spread(x, from + group * PAIRS + digit);
                sum0 = sum0.add(digits0.reinterpretAsShorts().mul(pair));
                sum1 = sum1.add(digits1.reinterpretAsShorts().mul(pair));
                digits0 = digits0.lanewise(VectorOperators.LSHR, 2);
                digits1 = digits1.lanewise(VectorOperators.LSHR, 2);
            }
        }
        widen(sum0, sums, to);
        widen(sum1, sums, to + COUNT);
    }

    /// Four vectors of rows share each pair of activations.
    private static void fourVectors(
            MemorySegment data, long at, int groups, int[] x, int from, int offset, int[] sums, int to) {
        ShortVector sum0 = IntVector.broadcast(INTS, offset).reinterpretAsShorts();
        ShortVector sum1 = sum0;
        ShortVector sum2 = sum0;
        ShortVector sum3 = sum0;
        for (int group = 0; group < groups; group++) {
            long i = at + group * GROUP_BYTES;
            IntVector digits0 = IntVector.fromMemorySegment(INTS, data, i, ORDER);
            IntVector digits1 = IntVector.fromMemorySegment(INTS, data, i + 4L * COUNT, ORDER);
            IntVector digits2 = IntVector.fromMemorySegment(INTS, data, i + 8L * COUNT, ORDER);
            IntVector digits3 = IntVector.fromMemorySegment(INTS, data, i + 12L * COUNT, ORDER);
            for (int digit = 0; digit < PAIRS; digit++) {
                ShortVector pair = spread(x, from + group * PAIRS + digit);
                sum0 = sum0.add(digits0.reinterpretAsShorts().mul(pair));
                sum1 = sum1.add(digits1.reinterpretAsShorts().mul(pair));
                sum2 = sum2.add(digits2.reinterpretAsShorts().mul(pair));
                sum3 = sum3.add(digits3.reinterpretAsShorts().mul(pair));
                digits0 = digits0.lanewise(VectorOperators.LSHR, 2);
                digits1 = digits1.lanewise(VectorOperators.LSHR, 2);
                digits2 = digits2.lanewise(VectorOperators.LSHR, 2);
                digits3 = digits3.lanewise(VectorOperators.LSHR, 2);
            }
        }
        widen(sum0, sums, to);
        widen(sum1, sums, to + COUNT);
        widen(sum2, sums, to + 2 * COUNT);
        widen(sum3, sums, to + 3 * COUNT);
    }

    @Override
    void unpack(MemorySegment data, int unit, int from, int to, Scratch scratch) {
        long at = 2L * unit * packed().panelBytes();
        for (int group = from; group < to; group++) {
            unpack(data, at + group * GROUP_BYTES, packed().panelBytes(), scratch.floatTile, (group - from) * GROUP * PANEL);
        }
    }

    private static void unpack(MemorySegment data, long at, long panelBytes, MemorySegment tile, int to) {
        for (int lane = 0; lane < PANEL; lane += COUNT) {
            IntVector digits = IntVector.fromMemorySegment(INTS, data, at + lane * 4L, ORDER);
            IntVector others = IntVector.fromMemorySegment(INTS, data, at + panelBytes + lane * 4L, ORDER);
            for (int digit = 0; digit < PAIRS; digit++) {
                IntVector pairs = RowPairs.of(
                        digits.lanewise(VectorOperators.LSHR, 2 * digit).and(CODES), others.lanewise(VectorOperators.LSHR, 2 * digit).and(CODES));
                RowPairs.low(pairs).intoMemorySegment(tile, 4L * (to + digit * PANEL + lane), ORDER);
                RowPairs.high(pairs).intoMemorySegment(tile, 4L * (to + (digit + PAIRS) * PANEL + lane), ORDER);
            }
        }
    }
}
