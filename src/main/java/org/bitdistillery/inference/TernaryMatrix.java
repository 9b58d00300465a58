package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.FLOATS;
import static org.bitdistillery.inference.Lanes.INTS;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Ternary weights, multiplied with INT8 activations, exactly.
///
/// For one token the codes are never cut out ([TwoBitMatrix], [Base3Matrix]): products are summed in 16-bit lanes, of which each row
/// has two; together they hold at most 256 columns (|x| ≤ 127) before they are widened to 32 bits. For many tokens a piece of two panels
/// is unpacked once and multiplied with all of them, two rows at a time ([RowPairs]).
abstract sealed class TernaryMatrix implements Matrix permits TwoBitMatrix, Base3Matrix {

    /// Columns between two widenings, at most.
    private static final int CHUNK = 256;

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

    /// Unpacks groups `from` to `to` of a unit's two panels into pairs of rows, [columns][PANEL].
    abstract void unpack(MemorySegment data, int unit, int from, int to, Scratch scratch);

    @Override
    public void multiply(Operand operand, float[] out, int stride, Scratch scratch, int from, int to) {
        TernaryOperand input = (TernaryOperand) operand;
        for (int unit = from; unit < to; unit++) {
            int row = unit * Lanes.UNIT;
            if (input.tokens() == 1) {
                unit(packed.data(), unit, input, scratch);
                floats(scratch.sums, scratch.pairSums);
                scale(scratch.pairSums, 0, row, input.scales[0], out, row);
                continue;
            }
            Arrays.fill(scratch.pairSums, 0);
            for (int piece = 0; piece < input.pieces(); piece++) {
                int group = piece * input.groupsAPiece();
                int columns = input.columnsOf(piece);
                unpack(packed.data(), unit, group, group + columns / format().columnsAGroup(), scratch);
                for (int tile = 0; tile < input.tiles(); tile++) {
                    RowPairs.multiply(scratch.floatTile, columns, input.tiled, input.tiledAt(tile, piece), input.width(tile, piece),
                            scratch.pairs, scratch.pairSums, tile * FloatOperand.TILE * Lanes.UNIT);
                }
            }
            for (int token = 0; token < input.tokens(); token++) {
                scale(scratch.pairSums, token * Lanes.UNIT, row, input.scales[token], out, token * stride + row);
            }
        }
    }

    private static void floats(int[] sums, float[] target) {
        for (int i = 0; i < Lanes.UNIT; i += COUNT) {
            IntVector.fromArray(INTS, sums, i).convert(VectorOperators.I2F, 0).reinterpretAsFloats().intoArray(target, i);
        }
    }

    private void scale(float[] sums, int at, int row, float activationScale, float[] out, int to) {
        for (int i = 0; i < Lanes.UNIT; i += COUNT) {
            FloatVector scales = packed.rowScaled()
                    ? FloatVector.fromMemorySegment(FLOATS, packed.data(), packed.rowScalesAt() + 4L * (row + i), Lanes.ORDER)
                            .mul(activationScale)
                    : FloatVector.broadcast(FLOATS, packed.scale() * activationScale);
            FloatVector.fromArray(FLOATS, sums, at + i).mul(scales).intoArray(out, to + i);
        }
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
}
