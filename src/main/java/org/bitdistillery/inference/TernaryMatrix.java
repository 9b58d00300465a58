package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.INTS;
import static org.bitdistillery.inference.Lanes.PANEL;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Ternary weights, multiplied with INT8 activations in exact integers.
///
/// Products are summed in 16-bit lanes, of which each row has two; together they hold at most 256 columns (|x| ≤ 127) before they
/// are widened to 32 bits. For many tokens a piece of a panel is unpacked into pairs of codes, then two vector operations are
/// sixteen products, or 96 where vectors are wide enough ([TritLookup]). For one token the codes are never cut out: see
/// [TwoBitMatrix] and [Base3Matrix].
abstract sealed class TernaryMatrix implements Matrix permits TwoBitMatrix, Base3Matrix {

    /// Columns between two widenings, at most.
    private static final int CHUNK = 256;
    static final int MOST_PAIRS = CHUNK / 2;

    private final Packed packed;

    TernaryMatrix(Packed packed) {
        this.packed = packed;
    }

    static int groupsAChunk(WeightFormat format) {
        return CHUNK / format.columnsAGroup();
    }

    @Override
    public Packed packed() {
        return packed;
    }

    /// Sums for one token over the rows of a unit, to `scratch.sums`.
    abstract void unit(MemorySegment data, int unit, TernaryOperand input, Scratch scratch);

    /// Unpacks groups `from` to `to` of a panel into pairs of codes, [pairs][PANEL].
    abstract void unpack(MemorySegment data, int panel, int from, int to, Scratch scratch);

    @Override
    public void multiply(Operand operand, float[] out, int stride, Scratch scratch, int from, int to) {
        TernaryOperand input = (TernaryOperand) operand;
        if (input.tokens() == 1) {
            for (int unit = from; unit < to; unit++) {
                unit(packed.data(), unit, input, scratch);
                store(scratch.sums, 0, unit * Lanes.UNIT, Lanes.UNIT, input.scales[0], out, unit * Lanes.UNIT);
            }
            return;
        }
        if (input.looksUp()) {
            lookUp(input, out, stride, scratch, from, to);
            return;
        }
        int chunk = groupsAChunk(format());
        int pairsAGroup = format().columnsAGroup() / 2;
        for (int row = from * Lanes.UNIT; row < to * Lanes.UNIT; row += PANEL) {
            Arrays.fill(scratch.sums, 0);
            for (int group = 0; group < input.groups(); group += chunk) {
                int end = Math.min(input.groups(), group + chunk);
                unpack(packed.data(), row / PANEL, group, end, scratch);
                multiplyTile(input, group * pairsAGroup, (end - group) * pairsAGroup, input.groups() * pairsAGroup, scratch);
            }
            for (int token = 0; token < input.tokens(); token++) {
                store(scratch.sums, token * PANEL, row, PANEL, input.scales[token], out, token * stride + row);
            }
        }
    }

    private void lookUp(TernaryOperand input, float[] out, int stride, Scratch scratch, int from, int to) {
        for (int first = from; first < to; first += TritLookup.UNITS) {
            int last = Math.min(to, first + TritLookup.UNITS);
            int unitSums = input.tiles() * TernaryOperand.TILE * Lanes.UNIT;
            Arrays.fill(scratch.sums, 0, (last - first) * unitSums, 0);
            for (int chunk = 0; chunk < input.chunks(); chunk++) {
                for (int unit = first; unit < last; unit++) {
                    index(input, chunk, unit, scratch, (unit - first) * TritLookup.INDEX_BYTES);
                }
                int lookups = TritLookup.lookups(input.pairsOf(chunk));
                for (int tile = 0; tile < input.tiles(); tile++) {
                    for (int unit = 0; unit < last - first; unit++) {
                        TritLookup.multiply(scratch.indexes, unit * TritLookup.INDEX_BYTES, input.tables, input.tableAt(tile, chunk), lookups,
                                scratch.sums, unit * unitSums + tile * TernaryOperand.TILE * Lanes.UNIT);
                    }
                }
            }
            for (int unit = first; unit < last; unit++) {
                for (int token = 0; token < input.tokens(); token++) {
                    store(scratch.sums, (unit - first) * unitSums + token * Lanes.UNIT, unit * Lanes.UNIT, Lanes.UNIT, input.scales[token],
                            out, token * stride + unit * Lanes.UNIT);
                }
            }
        }
    }

    private void index(TernaryOperand input, int chunk, int unit, Scratch scratch, long at) {
        int group = chunk * groupsAChunk(format());
        int pairs = input.pairsOf(chunk);
        for (int panel = 0; panel < Lanes.UNIT / PANEL; panel++) {
            unpack(packed.data(), unit * (Lanes.UNIT / PANEL) + panel, group, group + pairs / (format().columnsAGroup() / 2), scratch);
            TritLookup.index(scratch.pairTile, pairs, scratch.indexes, at, panel);
        }
    }

    private static void multiplyTile(TernaryOperand input, int pair, int width, int pairs, Scratch scratch) {
        for (int token = 0; token < input.tokens(); token += TernaryOperand.TILE) {
            int x = token * pairs + pair * TernaryOperand.TILE;
            for (int lane = 0; lane < PANEL; lane += 2 * COUNT) {
                fourTokens(scratch.pairTile, lane, width, input.pairs, x, scratch.sums, token * PANEL + lane);
            }
        }
    }

    /// Two vectors of rows times four tokens: eight sums, as many as sixteen registers carry beside the operands.
    private static void fourTokens(MemorySegment tile, int lane, int width, int[] x, int at, int[] sums, int to) {
        ShortVector a0 = ShortVector.zero(Lanes.SHORTS);
        ShortVector a1 = a0;
        ShortVector a2 = a0;
        ShortVector a3 = a0;
        ShortVector b0 = a0;
        ShortVector b1 = a0;
        ShortVector b2 = a0;
        ShortVector b3 = a0;
        // Longs throughout, as in FloatTiles.
        long first = 4L * lane;
        for (int pair = 0; pair < width; pair++) {
            ShortVector a = IntVector.fromMemorySegment(INTS, tile, first + pair * (4L * PANEL), Lanes.ORDER).reinterpretAsShorts();
            ShortVector b = IntVector.fromMemorySegment(INTS, tile, first + 4L * COUNT + pair * (4L * PANEL), Lanes.ORDER).reinterpretAsShorts();
            int i = at + pair * TernaryOperand.TILE;
            ShortVector activations = spread(x, i);
            a0 = a0.add(a.mul(activations));
            b0 = b0.add(b.mul(activations));
            activations = spread(x, i + 1);
            a1 = a1.add(a.mul(activations));
            b1 = b1.add(b.mul(activations));
            activations = spread(x, i + 2);
            a2 = a2.add(a.mul(activations));
            b2 = b2.add(b.mul(activations));
            activations = spread(x, i + 3);
            a3 = a3.add(a.mul(activations));
            b3 = b3.add(b.mul(activations));
        }
        widen(a0, sums, to);
        widen(b0, sums, to + COUNT);
        widen(a1, sums, to + PANEL);
        widen(b1, sums, to + PANEL + COUNT);
        widen(a2, sums, to + 2 * PANEL);
        widen(b2, sums, to + 2 * PANEL + COUNT);
        widen(a3, sums, to + 3 * PANEL);
        widen(b3, sums, to + 3 * PANEL + COUNT);
    }

    /// A pair of activations in every lane.
    static ShortVector spread(int[] pairs, int at) {
        return IntVector.broadcast(INTS, pairs[at]).reinterpretAsShorts();
    }

    /// Adds the two halves of each lane modulo 2^16, and the result to 32-bit sums.
    static void widen(ShortVector halves, int[] sums, int at) {
        wide(halves).add(IntVector.fromArray(INTS, sums, at)).intoArray(sums, at);
    }

    /// The two halves of each lane together, modulo 2^16.
    static IntVector wide(ShortVector halves) {
        IntVector pairs = halves.reinterpretAsInts();
        return pairs.add(pairs.lanewise(VectorOperators.LSHL, 16)).lanewise(VectorOperators.ASHR, 16);
    }

    private void store(int[] sums, int at, int row, int rows, float activationScale, float[] out, int to) {
        for (int i = 0; i < rows; i += COUNT) {
            FloatVector sum = (FloatVector) IntVector.fromArray(INTS, sums, at + i).convert(VectorOperators.I2F, 0);
            FloatVector scales = packed.rowScaled()
                    ? FloatVector.fromMemorySegment(FLOATS, packed.data(), packed.rowScalesAt() + 4L * (row + i), Lanes.ORDER)
                            .mul(activationScale)
                    : FloatVector.broadcast(FLOATS, packed.scale() * activationScale);
            sum.mul(scales).intoArray(out, to + i);
        }
    }
}
