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
        List<LabeledText> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int label = i % 3;
            char name = (char) ('a' + random.nextInt(26));
            rows.add(new LabeledText("the " + name + " is " + List.of("Red", "green", "BLUE").get(label), label));
        }
        BagOfWords model = BagOfWords.train(rows, 3);
        assertThat(model.accuracy(rows)).isEqualTo(1);
        assertThat(model.predict("quite RED, never seen")).isZero();
    }

    @Test
    void wordsWithoutInformationGiveTheMajority() {
        List<LabeledText> rows = List.of(
                new LabeledText("same", 0), new LabeledText("same", 1), new LabeledText("same", 1), new LabeledText("same", 1));
        assertThat(BagOfWords.train(rows, 2).accuracy(rows)).isEqualTo(0.75, within(0.0));
    }

    @Test
    void exclusiveOrStaysUnsolved() {
        List<LabeledText> rows = List.of(
                new LabeledText("good", 1), new LabeledText("not good", 0),
                new LabeledText("bad", 0), new LabeledText("not bad", 1));
        assertThat(BagOfWords.train(rows, 2).accuracy(rows)).isLessThan(1);
    }
}
