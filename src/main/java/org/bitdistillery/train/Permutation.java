package org.bitdistillery.train;

import java.util.SplittableRandom;

/// A random order of 0 to n-1 that is computed instead of stored: four rounds of a Feistel network over the next even power
/// of two, walked until the result is below n (Black and Rogaway 2002).
final class Permutation {

    private static final int ROUNDS = 4;

    private final int size;
    private final int halfBits;
    private final long[] keys = new long[ROUNDS];

    /// @param number tells apart the orders of one seed
    Permutation(int size, long seed, long number) {
        this.size = size;
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(1, size - 1L));
        this.halfBits = (bits + 1) / 2;
        SplittableRandom random = new SplittableRandom(new SplittableRandom(seed).nextLong() + number);
        for (int round = 0; round < ROUNDS; round++) {
            keys[round] = random.nextLong();
        }
    }

    /// Where the element at a place of the order comes from.
    int of(int place) {
        long value = place;
        do {
            value = shuffled(value);
        } while (value >= size);
        return (int) value;
    }

    private long shuffled(long value) {
        long mask = (1L << halfBits) - 1;
        long left = value >>> halfBits;
        long right = value & mask;
        for (long key : keys) {
            long next = left ^ (mixed(right ^ key) & mask);
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }

    /// Finalizer of MurmurHash3, keyed by the caller.
    private static long mixed(long value) {
        long x = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        x = (x ^ x >>> 33) * 0xc4ceb9fe1a85ec53L;
        return x ^ x >>> 33;
    }
}
