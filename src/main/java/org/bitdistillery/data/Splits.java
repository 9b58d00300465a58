package org.bitdistillery.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bitdistillery.config.InvalidInput;

/// Rows to learn from, to tune on and to test on.
///
/// @param dev  those of a file, or drawn from the training rows; test likewise
record Splits(List<TaskRow> train, List<TaskRow> dev, List<TaskRow> test) {

    /// Draws dev and test rows from the training rows, label by label, so that each part has every label in the same share.
    /// Rows that ask the same stay in one part, otherwise the test would know what was trained. Order is kept.
    ///
    /// @param dev  rows of a file, or null to draw them; test likewise
    /// @throws InvalidInput where a part would be empty
    static Splits draw(List<TaskRow> train, List<TaskRow> dev, List<TaskRow> test, double devShare, double testShare, long seed) {
        Map<String, List<Integer>> same = new LinkedHashMap<>();
        for (int i = 0; i < train.size(); i++) {
            same.computeIfAbsent(train.get(i).question(), _ -> new ArrayList<>()).add(i);
        }
        Map<Integer, List<List<Integer>>> byLabel = new LinkedHashMap<>();
        for (List<Integer> rows : same.values()) {
            byLabel.computeIfAbsent(train.get(rows.getFirst()).label(), _ -> new ArrayList<>()).add(rows);
        }
        Random random = new Random(seed);
        Set<Integer> toDev = new HashSet<>();
        Set<Integer> toTest = new HashSet<>();
        for (List<List<Integer>> groups : byLabel.values()) {
            Collections.shuffle(groups, random);
            int rows = groups.stream().mapToInt(List::size).sum();
            int next = take(groups, 0, dev == null ? devShare * rows : 0, toDev);
            take(groups, next, test == null ? testShare * rows : 0, toTest);
        }
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < train.size(); i++) {
            if (!toDev.contains(i) && !toTest.contains(i)) {
                left.add(i);
            }
        }
        return new Splits(part("train", train, left), dev == null ? part("dev", train, toDev) : dev,
                test == null ? part("test", train, toTest) : test);
    }

    private static int take(List<List<Integer>> groups, int from, double wanted, Set<Integer> into) {
        int taken = 0;
        int next = from;
        while (next < groups.size() && taken + groups.get(next).size() / 2.0 <= wanted) {
            taken += groups.get(next).size();
            into.addAll(groups.get(next++));
        }
        return next;
    }

    private static List<TaskRow> part(String name, List<TaskRow> rows, Collection<Integer> chosen) {
        if (chosen.isEmpty()) {
            throw new InvalidInput(name.equals("train")
                    ? "task.files.devShare and task.files.testShare leave none of the %,d rows to train on: lower them.".formatted(rows.size())
                    : "The %,d training rows are too few to draw %s rows from: name a file in task.%s, or raise task.files.%sShare."
                            .formatted(rows.size(), name, name, name));
        }
        return chosen.stream().sorted().map(rows::get).toList();
    }

    /// Rows of a part that ask what a training row asks.
    int inTrain(List<TaskRow> part) {
        Set<String> known = questions(train);
        return (int) part.stream().filter(row -> known.contains(row.question())).count();
    }

    /// The same without the training rows that ask what a dev or test row asks.
    Splits withoutRepeated() {
        Set<String> reserved = questions(dev);
        reserved.addAll(questions(test));
        List<TaskRow> kept = train.stream().filter(row -> !reserved.contains(row.question())).toList();
        if (kept.isEmpty()) {
            throw new InvalidInput("Every training row is among the dev or test rows too: name other files, or switch task.files.dropRepeated off.");
        }
        return new Splits(kept, dev, test);
    }

    /// Rows that ask what an earlier row of theirs asks.
    static int repeated(List<TaskRow> rows) {
        return rows.size() - questions(rows).size();
    }

    private static Set<String> questions(List<TaskRow> rows) {
        Set<String> questions = new HashSet<>();
        rows.forEach(row -> questions.add(row.question()));
        return questions;
    }
}
