package org.bitdistillery.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BagOfWordsTest {

    @Test
    void separableRowsAreSeparated() {
        Random random = new Random(3);
        List<TaskRow> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int label = i % 3;
            char name = (char) ('a' + random.nextInt(26));
            rows.add(TaskRow.labeled("the " + name + " is " + List.of("Red", "green", "BLUE").get(label), label));
        }
        BagOfWords model = BagOfWords.train(rows, 3);
        assertThat(model.accuracy(rows)).isEqualTo(1);
        assertThat(model.predict(TaskRow.labeled("quite RED, never seen", 0))).isZero();
    }

    @Test
    void wordsWithoutInformationGiveTheMajority() {
        List<TaskRow> rows = List.of(
                TaskRow.labeled("same", 0), TaskRow.labeled("same", 1), TaskRow.labeled("same", 1), TaskRow.labeled("same", 1));
        assertThat(BagOfWords.train(rows, 2).accuracy(rows)).isEqualTo(0.75, within(0.0));
    }

    @Test
    void exclusiveOrStaysUnsolved() {
        List<TaskRow> rows = List.of(
                TaskRow.labeled("good", 1), TaskRow.labeled("not good", 0),
                TaskRow.labeled("bad", 0), TaskRow.labeled("not bad", 1));
        assertThat(BagOfWords.train(rows, 2).accuracy(rows)).isLessThan(1);
    }

    @Test
    void wordsOfAPairsSecondTextCountApart() {
        List<TaskRow> rows = List.of(TaskRow.labeled("it rains", "it snows", 0), TaskRow.labeled("it snows", "it rains", 1));
        assertThat(BagOfWords.train(rows, 2).accuracy(rows)).isEqualTo(1);
    }
}
