package org.bitdistillery.inference;

import static org.bitdistillery.inference.Lanes.COUNT;
import static org.bitdistillery.inference.Lanes.INTS;
import static org.bitdistillery.inference.Lanes.ORDER;
import static org.bitdistillery.inference.Lanes.PANEL;
import static org.bitdistillery.inference.Lanes.SHORTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Ternary products of many tokens, looked up instead of multiplied (the idea of T-MAC, arXiv 2407.00088).
///
/// What three weights can make of three activations are 27 sums, which fit into one vector of 32 16-bit lanes. The weights of 32 rows, as numbers
/// 0 to 26, fit into another, and one permutation is 96 products. Sums are those of [TernaryMatrix] to the bit: exact in 16 bits within a chunk.
///
/// Three consecutive pairs of a chunk ([TernaryOperand]) give two lookups, one for the columns in their low and one for those in their high halves.
final class TritLookup {

    /// Whether a vector holds all 27 sums and a panel.
    private static final boolean AVAILABLE = SHORTS.length() == PANEL;
    /// Building tables is not worth it for fewer.
    private static final int LEAST_TOKENS = 6;
    /// Units of rows whose weights are kept as indexes at once: tables are read from a far cache once for all of them.
    static final int UNITS = 8;

    private static final int TRITS = 3;
    private static final int LOW = 0xFFFF;
    private static final int HIGH = 0xFFFF_0000;
    private static final long VECTOR = 2L * PANEL;
    private static final int PANELS = Lanes.UNIT / PANEL;
    private static final int MOST = lookups(TernaryMatrix.MOST_PAIRS);
    /// Of one unit.
    static final long INDEX_BYTES = MOST * PANELS * VECTOR;
    /// Of one chunk for a tile of tokens.
    static final long TABLE_BYTES = MOST * TernaryOperand.TILE * VECTOR;

    private TritLookup() {}

    /// Whether products of so many tokens are looked up.
    static boolean serves(int tokens) {
        return AVAILABLE && tokens >= LEAST_TOKENS;
    }

    /// Lookups that so many pairs of columns need.
    static int lookups(int pairs) {
        return 2 * Math.ceilDiv(pairs, TRITS);
    }

    /// Turns a panel's codes, [pairs][PANEL], into indexes.
    static void index(MemorySegment tile, int pairs, MemorySegment indexes, long unitAt, int panel) {
        long at = unitAt + panel * VECTOR;
        for (int pair = 0; pair < pairs; pair += TRITS) {
            int trits = Math.min(TRITS, pairs - pair);
            IntVector first = indexes(tile, pair * PANEL, trits);
            IntVector second = indexes(tile, pair * PANEL + COUNT, trits);
            first.and(LOW).or(second.lanewise(VectorOperators.LSHL, 16)).reinterpretAsShorts().intoMemorySegment(indexes, at, ORDER);
            at += PANELS * VECTOR;
            first.lanewise(VectorOperators.LSHR, 16).or(second.and(HIGH)).reinterpretAsShorts().intoMemorySegment(indexes, at, ORDER);
            at += PANELS * VECTOR;
        }
    }

    /// `t0 + 3·t1 + 9·t2 + 13` in each half.
    private static IntVector indexes(MemorySegment tile, int at, int trits) {
        ShortVector index = IntVector.fromMemorySegment(INTS, tile, 4L * at, ORDER).reinterpretAsShorts().add((short) 13);
        if (trits > 1) {
            index = index.add(IntVector.fromMemorySegment(INTS, tile, 4L * (at + PANEL), ORDER).reinterpretAsShorts().mul((short) 3));
        }
        if (trits > 2) {
            index = index.add(IntVector.fromMemorySegment(INTS, tile, 4L * (at + 2 * PANEL), ORDER).reinterpretAsShorts().mul((short) 9));
        }
        return index.reinterpretAsInts();
    }

    /// Writes the sums that each three activations can give, for a tile of tokens.
    ///
    /// @param x     pairs of activations, [pairs][TILE] from `from`
    /// @param pairs of this chunk
    static void tables(int[] x, int from, int pairs, MemorySegment tables, long tablesAt) {
        for (int pair = 0; pair < pairs; pair += TRITS) {
            int i = from + pair * TernaryOperand.TILE;
            long at = tablesAt + lookups(pair) * TernaryOperand.TILE * VECTOR;
            for (int token = 0; token < TernaryOperand.TILE; token++) {
                int x0 = x[i + token];
                int x1 = pair + 1 < pairs ? x[i + TernaryOperand.TILE + token] : 0;
                int x2 = pair + 2 < pairs ? x[i + 2 * TernaryOperand.TILE + token] : 0;
                table(x0, x1, x2).intoMemorySegment(tables, at + token * VECTOR, ORDER);
                table(x0 >> 16, x1 >> 16, x2 >> 16).intoMemorySegment(tables, at + (TernaryOperand.TILE + token) * VECTOR, ORDER);
            }
        }
    }

    /// Sums of the low halves.
    private static ShortVector table(int x0, int x1, int x2) {
        return Trits.FIRST.mul(both(x0)).add(Trits.SECOND.mul(both(x1))).add(Trits.THIRD.mul(both(x2)));
    }

    private static ShortVector both(int x) {
        return IntVector.broadcast(INTS, (x & LOW) * 0x1_0001).reinterpretAsShorts();
    }

    /// Adds a chunk's products of one unit of rows and a tile of tokens to `sums`, [TILE][UNIT] from `to`.
    static void multiply(MemorySegment indexes, long unitAt, MemorySegment tables, long tablesAt, int lookups, int[] sums, int to) {
        ShortVector a0 = ShortVector.zero(SHORTS);
        ShortVector a1 = a0;
        ShortVector a2 = a0;
        ShortVector a3 = a0;
        ShortVector b0 = a0;
        ShortVector b1 = a0;
        ShortVector b2 = a0;
        ShortVector b3 = a0;
        for (int lookup = 0; lookup < lookups; lookup++) {
            long i = unitAt + lookup * PANELS * VECTOR;
            ShortVector a = ShortVector.fromMemorySegment(SHORTS, indexes, i, ORDER);
            ShortVector b = ShortVector.fromMemorySegment(SHORTS, indexes, i + VECTOR, ORDER);
            long t = tablesAt + lookup * TernaryOperand.TILE * VECTOR;
            ShortVector table = ShortVector.fromMemorySegment(SHORTS, tables, t, ORDER);
            a0 = a0.add(a.selectFrom(table));
            b0 = b0.add(b.selectFrom(table));
            table = ShortVector.fromMemorySegment(SHORTS, tables, t + VECTOR, ORDER);
            a1 = a1.add(a.selectFrom(table));
            b1 = b1.add(b.selectFrom(table));
            table = ShortVector.fromMemorySegment(SHORTS, tables, t + 2 * VECTOR, ORDER);
            a2 = a2.add(a.selectFrom(table));
            b2 = b2.add(b.selectFrom(table));
            table = ShortVector.fromMemorySegment(SHORTS, tables, t + 3 * VECTOR, ORDER);
            a3 = a3.add(a.selectFrom(table));
            b3 = b3.add(b.selectFrom(table));
        }
        widen(a0, sums, to);
        widen(b0, sums, to + PANEL);
        widen(a1, sums, to + Lanes.UNIT);
        widen(b1, sums, to + Lanes.UNIT + PANEL);
        widen(a2, sums, to + 2 * Lanes.UNIT);
        widen(b2, sums, to + 2 * Lanes.UNIT + PANEL);
        widen(a3, sums, to + 3 * Lanes.UNIT);
        widen(b3, sums, to + 3 * Lanes.UNIT + PANEL);
    }

    /// Low halves are a panel's first rows, high halves the others.
    private static void widen(ShortVector halves, int[] sums, int at) {
        IntVector both = halves.reinterpretAsInts();
        both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16)
                .add(IntVector.fromArray(INTS, sums, at)).intoArray(sums, at);
        both.lanewise(VectorOperators.ASHR, 16).add(IntVector.fromArray(INTS, sums, at + COUNT)).intoArray(sums, at + COUNT);
    }

    /// The three weights that each index stands for.
    private static final class Trits {
        static final ShortVector FIRST = digits(1);
        static final ShortVector SECOND = digits(3);
        static final ShortVector THIRD = digits(9);

        private static ShortVector digits(int power) {
            short[] digits = new short[SHORTS.length()];
            for (int i = 0; i < 27; i++) {
                digits[i] = (short) (i / power % 3 - 1);
            }
            return ShortVector.fromArray(SHORTS, digits, 0);
        }
    }
}
