package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {

    @Test
    void intervalOfAMeanIsThatOfTheNormalDistribution() {
        Random random = new Random(1);
        double[] values = random.doubles(400).toArray();
        double mean = Arrays.stream(values).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum() / values.length);
        List<Double> interval = Bootstrap.interval95(
                values.length, 4_000, 2, rows -> Arrays.stream(rows).mapToDouble(row -> values[row]).average().orElseThrow());
        double half = 1.96 * deviation / Math.sqrt(values.length);
        assertThat(interval.get(0)).isCloseTo(mean - half, within(0.1 * half));
        assertThat(interval.get(1)).isCloseTo(mean + half, within(0.1 * half));
    }

    @Test
    void whatDoesNotHangOnTheRowsHasNoWidth() {
        assertThat(Bootstrap.interval95(5, 100, 2, _ -> 0.25)).containsExactly(0.25, 0.25);
    }
}
