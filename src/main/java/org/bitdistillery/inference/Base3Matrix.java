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

/// Ternary weights, five a byte ([Base3]), twenty a 32-bit lane: columns 0 to 9 of a group in the lower, 10 to 19 in the upper two bytes.
///
/// Each byte in turn is spread over a 16-bit half. For one token the digits are never cut out: with `D_m = byte·3^m >> 8`,
/// `Σ x_n·c_n = Σ D_m·(x_(m-1) - 3·x_m)`.
final class Base3Matrix extends TernaryMatrix {

    private static final int GROUP = 20;
    private static final int PAIRS = GROUP / 2;
    private static final long GROUP_BYTES = 4L * PANEL;
    private static final int GROUPS_A_CHUNK = groupsAChunk(WeightFormat.TERNARY_BASE3);
    private static final int LOWER_BYTES = 0x00FF_00FF;

    private final int full;

    Base3Matrix(Packed packed) {
        super(packed);
        full = packed.columns() / GROUP;
    }

    @Override
    void unit(MemorySegment data, int unit, TernaryOperand input, Scratch scratch) {
        Arrays.fill(scratch.sums, 0, Lanes.UNIT, 0);
        for (int panel = 0; panel < Lanes.UNIT / PANEL; panel++) {
            long at = ((long) unit * Lanes.UNIT / PANEL + panel) * packed().panelBytes();
            readTail(data, at, scratch.tail);
            for (int lane = 0; lane < PANEL; lane += 2 * COUNT) {
                twoVectors(data, at + lane * 4L, input, scratch, lane, panel * PANEL + lane);
            }
        }
    }

    private void twoVectors(MemorySegment data, long at, TernaryOperand input, Scratch scratch, int lane, int to) {
        for (int group = 0; group < input.groups(); group += GROUPS_A_CHUNK) {
            int offset = input.offsets[group / GROUPS_A_CHUNK];
            int end = Math.min(full, group + GROUPS_A_CHUNK);
            sums(data, at + group * GROUP_BYTES, end - group, input.pairs, group * PAIRS, offset, scratch.sums, to);
            if (end < group + GROUPS_A_CHUNK && end < input.groups()) {
                tail(scratch.tail, lane, input.pairs, end * PAIRS, scratch.sums, to);
                tail(scratch.tail, lane + COUNT, input.pairs, end * PAIRS, scratch.sums, to + COUNT);
            }
        }
    }

    private static void sums(MemorySegment data, long at, int groups, int[] x, int from, int offset, int[] sums, int to) {
        ShortVector sum0 = IntVector.broadcast(INTS, offset).reinterpretAsShorts();
        ShortVector sum1 = sum0;
        for (int group = 0; group < groups; group++) {
            IntVector bytes0 = IntVector.fromMemorySegment(INTS, data, at + group * GROUP_BYTES, ORDER);
            IntVector bytes1 = IntVector.fromMemorySegment(INTS, data, at + group * GROUP_BYTES + 4L * COUNT, ORDER);
            int i = from + group * PAIRS;
            sum0 = add(sum0, bytes0.and(LOWER_BYTES), x, i);
            sum1 = add(sum1, bytes1.and(LOWER_BYTES), x, i);
            sum0 = add(sum0, bytes0.lanewise(VectorOperators.LSHR, 8).and(LOWER_BYTES), x, i + Base3.TRITS);
            sum1 = add(sum1, bytes1.lanewise(VectorOperators.LSHR, 8).and(LOWER_BYTES), x, i + Base3.TRITS);
        }
        widen(sum0, sums, to);
        widen(sum1, sums, to + COUNT);
    }

    /// Adds five products of each half's byte.
    private static ShortVector add(ShortVector sum, IntVector bytes, int[] x, int at) {
        ShortVector fraction = bytes.reinterpretAsShorts();
        ShortVector total = sum;
        for (int digit = 0; digit < Base3.TRITS; digit++) {
            fraction = fraction.mul((short) 3);
            total = total.add(fraction.lanewise(VectorOperators.LSHR, 8).mul(spread(x, at + digit)));
        }
        return total;
    }

    private static void tail(int[] tail, int lane, int[] x, int at, int[] sums, int to) {
        IntVector bytes = IntVector.fromArray(INTS, tail, lane);
        ShortVector sum = add(ShortVector.zero(Lanes.SHORTS), bytes.and(LOWER_BYTES), x, at);
        widen(add(sum, bytes.lanewise(VectorOperators.LSHR, 8).and(LOWER_BYTES), x, at + Base3.TRITS), sums, to);
    }

    /// Gathers the bytes behind the last full group, one lane a row.
    private void readTail(MemorySegment data, long panel, int[] tail) {
        long at = panel + full * GROUP_BYTES;
        int count = (int) ((packed().panelBytes() - full * GROUP_BYTES) / PANEL);
        Arrays.fill(tail, 0);
        for (int index = 0; index < count; index++) {
            for (int lane = 0; lane < PANEL; lane++) {
                tail[lane] |= (data.get(Packed.BYTE, at + index * PANEL + lane) & 0xFF) << 8 * index;
            }
        }
    }

    @Override
    void unpack(MemorySegment data, int panel, int from, int to, Scratch scratch) {
        long at = panel * packed().panelBytes();
        if (to > full) {
            readTail(data, at, scratch.tail);
        }
        for (int group = from; group < to; group++) {
            for (int lane = 0; lane < PANEL; lane += COUNT) {
                IntVector bytes = group < full
                        ? IntVector.fromMemorySegment(INTS, data, at + group * GROUP_BYTES + lane * 4L, ORDER)
                        : IntVector.fromArray(INTS, scratch.tail, lane);
                int target = (group - from) * PAIRS * PANEL + lane;
                unpack(bytes.and(LOWER_BYTES), scratch.pairTile, target);
                unpack(bytes.lanewise(VectorOperators.LSHR, 8).and(LOWER_BYTES), scratch.pairTile, target + Base3.TRITS * PANEL);
            }
        }
    }

    private static void unpack(IntVector bytes, MemorySegment tile, int at) {
        IntVector fraction = bytes;
        for (int digit = 0; digit < Base3.TRITS; digit++) {
            fraction = fraction.and(LOWER_BYTES).reinterpretAsShorts().mul((short) 3).reinterpretAsInts();
            ShortVector codes = fraction.lanewise(VectorOperators.LSHR, 8).and(LOWER_BYTES).reinterpretAsShorts();
            codes.sub((short) 1).reinterpretAsInts().intoMemorySegment(tile, 4L * (at + digit * PANEL), ORDER);
        }
    }
}
