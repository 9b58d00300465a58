package org.bitdistillery.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.data.Example;

/// Batches by number: the n-th is a function of n and a seed alone, so that a resumed run sees what an uninterrupted one sees.
@FunctionalInterface
public interface BatchSource {

    /// Rows of similar length are batched together within windows of this many batches, which saves padding and keeps
    /// the order random.
    int WINDOW = 8;

    /// More sequences are not listed in a random order but numbered by a [Permutation], which takes no memory.
    int LARGEST_ORDER = 1 << 20;

    /// @param index counted from 0, over all epochs
    Batch batch(long index);

    /// Task rows, shuffled anew in every epoch. The last rows of an epoch that do not fill a batch are left out of it.
    static BatchSource ofExamples(List<Example> examples, int batchSize, long seed) {
        requireRows(examples);
        int size = Math.min(batchSize, examples.size());
        int perEpoch = examples.size() / size;
        EpochOrder order = new EpochOrder(examples.size(), seed);
        return index -> {
            int[] rows = order.of(index / perEpoch);
            int inEpoch = (int) (index % perEpoch);
            int first = inEpoch / WINDOW * WINDOW;
            int last = Math.min(first + WINDOW, perEpoch);
            Integer[] window = Arrays.stream(rows, first * size, last * size).boxed().toArray(Integer[]::new);
            Arrays.sort(window, Comparator.comparingInt(row -> examples.get(row).length()));
            List<Example> chosen = new ArrayList<>(size);
            int[] turn = order.shuffled(last - first, index / perEpoch * perEpoch + first);
            int start = turn[inEpoch - first] * size;
            for (int i = start; i < start + size; i++) {
                chosen.add(examples.get(window[i]));
            }
            return Batch.of(chosen);
        };
    }

    /// Packed text, shuffled anew in every epoch. Of a large corpus only the sequences of the batch are read.
    static BatchSource ofSequences(List<int[]> sequences, int batchSize, long seed) {
        requireRows(sequences);
        int size = Math.min(batchSize, sequences.size());
        int perEpoch = sequences.size() / size;
        boolean small = sequences.size() <= LARGEST_ORDER;
        EpochOrder order = new EpochOrder(small ? sequences.size() : 0, seed);
        return index -> {
            int start = (int) (index % perEpoch) * size;
            IntStream rows = small
                    ? Arrays.stream(order.of(index / perEpoch), start, start + size)
                    : IntStream.range(start, start + size).map(new Permutation(sequences.size(), seed, index / perEpoch)::of);
            return Batch.packed(rows.mapToObj(sequences::get).toArray(int[][]::new));
        };
    }

    private static void requireRows(List<?> rows) {
        if (rows.isEmpty()) {
            throw new InvalidInput("There is nothing to train on: the data set is empty. Choose another file.");
        }
    }

    /// Random orders that a seed and a number determine. Remembers the last epoch's, which is asked for again and again.
    final class EpochOrder {
        private final int rows;
        private final long seed;
        private long epoch = -1;
        private int[] order;

        EpochOrder(int rows, long seed) {
            this.rows = rows;
            this.seed = seed;
        }

        int[] of(long wanted) {
            if (wanted != epoch) {
                order = shuffled(rows, wanted);
                epoch = wanted;
            }
            return order;
        }

        int[] shuffled(int count, long number) {
            int[] shuffled = new int[count];
            SplittableRandom random = new SplittableRandom(new SplittableRandom(seed).nextLong() + number);
            for (int i = 0; i < count; i++) {
                int j = random.nextInt(i + 1);
                shuffled[i] = shuffled[j];
                shuffled[j] = i;
            }
            return shuffled;
        }
    }
}
