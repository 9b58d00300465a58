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
            readTail(data, at, scratch.tails, 0);
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
                sums(scratch.tails, 4L * lane, 1, input.pairs, end * PAIRS, 0, scratch.sums, to);
            }
        }
    }

    private static void sums(MemorySegment data, long at, int groups, int[] x, int from, int offset, int[] sums, int to) {
        ShortVector sum0 = IntVector.broadcast(INTS, offset).reinterpretAsShorts();
        ShortVector sum1 = sum0;
        for (int group = 0; group < groups; group++) {
            IntVector bytes0 = IntVector.fromMemorySegment(INTS, data, at + group * GROUP_BYTES, ORDER);
            IntVector bytes1 = IntVector.fromMemorySegment(INTS, data, at + group * GROUP_BYTES + 4L * COUNT, ORDER);
            for (int column = 0; column < PAIRS; column += Base3.TRITS) {
                ShortVector fraction0 = bytes0.and(LOWER_BYTES).reinterpretAsShorts();
                ShortVector fraction1 = bytes1.and(LOWER_BYTES).reinterpretAsShorts();
                for (int digit = 0; digit < Base3.TRITS; digit++) {
                    ShortVector pair = spread(x, from + group * PAIRS + column + digit);
                    fraction0 = fraction0.mul((short) 3);
                    fraction1 = fraction1.mul((short) 3);
                    sum0 = sum0.add(fraction0.lanewise(VectorOperators.LSHR, Byte.SIZE).mul(pair));
                    sum1 = sum1.add(fraction1.lanewise(VectorOperators.LSHR, Byte.SIZE).mul(pair));
                }
                bytes0 = bytes0.lanewise(VectorOperators.LSHR, Byte.SIZE);
                bytes1 = bytes1.lanewise(VectorOperators.LSHR, Byte.SIZE);
            }
        }
        widen(sum0, sums, to);
        widen(sum1, sums, to + COUNT);
    }

    /// Gathers the bytes behind the last full group, one lane a row.
    private void readTail(MemorySegment data, long panel, MemorySegment tails, long to) {
        long at = panel + full * GROUP_BYTES;
        int count = (int) ((packed().panelBytes() - full * GROUP_BYTES) / PANEL);
        for (int lane = 0; lane < PANEL; lane += COUNT) {
            IntVector.zero(INTS).intoMemorySegment(tails, to + 4L * lane, ORDER);
        }
        for (int index = 0; index < count; index++) {
            for (int lane = 0; lane < PANEL; lane++) {
                tails.set(Packed.BYTE, to + 4L * lane + index, data.get(Packed.BYTE, at + index * PANEL + lane));
            }
        }
    }

    @Override
    void unpack(MemorySegment data, int unit, int from, int to, Scratch scratch) {
        long one = 2L * unit * packed().panelBytes();
        long other = one + packed().panelBytes();
        for (int group = from; group < Math.min(to, full); group++) {
            unpack(data, one + group * GROUP_BYTES, other - one, scratch.floatTile, (group - from) * GROUP * PANEL);
        }
        if (to > full) {
            readTail(data, one, scratch.tails, 0);
            readTail(data, other, scratch.tails, GROUP_BYTES);
            unpack(scratch.tails, 0, GROUP_BYTES, scratch.floatTile, (full - from) * GROUP * PANEL);
        }
    }

    private static void unpack(MemorySegment data, long at, long otherPanel, MemorySegment tile, int to) {
        for (int lane = 0; lane < PANEL; lane += COUNT) {
            IntVector bytes = IntVector.fromMemorySegment(INTS, data, at + lane * 4L, ORDER);
            IntVector others = IntVector.fromMemorySegment(INTS, data, at + otherPanel + lane * 4L, ORDER);
            for (int column = 0; column < PAIRS; column += Base3.TRITS) {
                IntVector fraction = bytes.lanewise(VectorOperators.LSHR, column / Base3.TRITS * Byte.SIZE);
                IntVector otherFraction = others.lanewise(VectorOperators.LSHR, column / Base3.TRITS * Byte.SIZE);
                for (int digit = column; digit < column + Base3.TRITS; digit++) {
                    fraction = tripled(fraction);
                    otherFraction = tripled(otherFraction);
                    IntVector pairs = RowPairs.of(upperBytes(fraction), upperBytes(otherFraction));
                    RowPairs.low(pairs).intoMemorySegment(tile, 4L * (to + digit * PANEL + lane), ORDER);
                    RowPairs.high(pairs).intoMemorySegment(tile, 4L * (to + (digit + PAIRS) * PANEL + lane), ORDER);
                }
            }
        }
    }

    /// The lower byte of each half times three.
    private static IntVector tripled(IntVector halves) {
        return halves.and(LOWER_BYTES).reinterpretAsShorts().mul((short) 3).reinterpretAsInts();
    }

    private static IntVector upperBytes(IntVector halves) {
        return halves.lanewise(VectorOperators.LSHR, Byte.SIZE).and(LOWER_BYTES);
    }
}
