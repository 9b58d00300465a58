package org.bitdistillery.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// The task that BitDistillery brings along: short reviews, each of them praise or blame, written by a seeded grammar.
///
/// The rows are always the same. Both labels are equally frequent in every split, and no text is in two rows. Counting
/// words does not solve it ([BagOfWords]).
///
/// @param train 6,000 rows
/// @param dev   1,000 rows
/// @param test  1,000 rows
public record StarterTask(List<TaskRow> train, List<TaskRow> dev, List<TaskRow> test) {

    /// Label values: blame is 0, praise is 1.
    public static final List<String> LABELS = List.of("0", "1");

    private static final int TRAIN_ROWS = 6_000;
    private static final int EVALUATION_ROWS = 1_000;
    private static final int FEWEST_WORDS = 7;
    private static final int MOST_WORDS = 24;
    private static final long SEED = 20_251_013;

    /// Writes all rows; takes a fraction of a second.
    public static StarterTask generate() {
        Random random = new Random(SEED);
        StarterGrammar grammar = new StarterGrammar(random);
        Set<String> seen = new HashSet<>();
        List<TaskRow> test = split(grammar, random, EVALUATION_ROWS, seen);
        List<TaskRow> dev = split(grammar, random, EVALUATION_ROWS, seen);
        return new StarterTask(split(grammar, random, TRAIN_ROWS, seen), dev, test);
    }

    private static List<TaskRow> split(StarterGrammar grammar, Random random, int size, Set<String> seen) {
        List<TaskRow> rows = new ArrayList<>();
        while (rows.size() < size) {
            int label = rows.size() % 2;
            String text = grammar.review(label == 1);
            int words = text.split(" ").length;
            if (words >= FEWEST_WORDS && words <= MOST_WORDS && seen.add(text)) {
                rows.add(TaskRow.labeled(text, label));
            }
        }
        Collections.shuffle(rows, random);
        return List.copyOf(rows);
    }
}
