package org.bitdistillery.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bitdistillery.generation.ModelEvent.Candidate;
import org.junit.jupiter.api.Test;

class CandidatesTest {

    @Test
    void theLikeliestAreThoseOfASortWithTheirSoftmax() {
        Random random = new Random(5);
        for (int vocabulary = 1; vocabulary < 60; vocabulary++) {
            float[] logits = new float[vocabulary];
            for (int i = 0; i < vocabulary; i++) {
                logits[i] = (float) (4 * random.nextGaussian());
            }
            double total = IntStream.range(0, vocabulary).mapToDouble(i -> Math.exp(logits[i])).sum();
            List<Integer> sorted = IntStream.range(0, vocabulary).boxed()
                    .sorted(Comparator.comparing((Integer i) -> logits[i]).reversed()).limit(5).toList();
            List<Candidate> found = Candidates.of(logits, 5, Integer::toString);
            assertThat(found).extracting(Candidate::text).containsExactlyElementsOf(sorted.stream().map(String::valueOf).toList());
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i).probability()).isCloseTo(Math.exp(logits[sorted.get(i)]) / total, within(1e-9));
            }
        }
    }
}
