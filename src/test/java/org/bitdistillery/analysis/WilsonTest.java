package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class WilsonTest {

    /// Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662; 15 of 148 gives 0.0624 to 0.1605; 1 of 29 gives 0.0061 to 0.1718.
    @Test
    void agreesWithThePublishedTable() {
        assertInterval(Wilson.interval95(81, 263), 0.2553, 0.3662);
        assertInterval(Wilson.interval95(15, 148), 0.0624, 0.1605);
        assertInterval(Wilson.interval95(1, 29), 0.0061, 0.1718);
    }

    /// At p = 0 the interval is 0 to z²/(n + z²): 3.8415/(20 + 3.8415) = 0.16113.
    @Test
    void staysInsideZeroAndOneAtTheEnds() {
        assertInterval(Wilson.interval95(0, 20), 0, 0.1611);
        assertInterval(Wilson.interval95(20, 20), 0.8389, 1);
    }

    @Test
    void refusesWhatIsNoProportion() {
        assertThatThrownBy(() -> Wilson.interval95(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Wilson.interval95(3, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertInterval(List<Double> interval, double low, double high) {
        assertThat(interval.get(0)).isCloseTo(low, within(5e-5));
        assertThat(interval.get(1)).isCloseTo(high, within(5e-5));
    }
}
