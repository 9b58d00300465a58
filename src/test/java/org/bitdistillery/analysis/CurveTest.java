package org.bitdistillery.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/// Series, smoothing, decimation and ticks.
class CurveTest {

    @Test
    void aFullSeriesKeepsItsFirstAndNewestPoint() {
        Series series = new Series(64);
        for (int step = 1; step <= 10_001; step++) {
            series.add(step, -step);
        }
        Points points = series.points();
        assertThat(points.size()).isBetween(32, 65);
        assertThat(points.x()[0]).isEqualTo(1);
        assertThat(points.x()[points.size() - 1]).isEqualTo(10_001);
        assertThat(points.y()[points.size() - 1]).isEqualTo(-10_001);
        assertThat(points.x()).isSorted();
    }

    @Test
    void aRepeatedStepReplacesWhatCameAfterIt() {
        Series series = new Series();
        DoubleStream.of(1, 2, 3, 4).forEach(step -> series.add(step, 10 * step));
        series.add(3, 99);
        assertThat(series.points().x()).containsExactly(1, 2, 3);
        assertThat(series.points().y()).containsExactly(10, 20, 99);
        assertThat(series.last()).isEqualTo(99);
    }

    /// Weight 0.5 on 4, 8: means 2, 5; corrected by 1 - 0.5 and 1 - 0.25: 4, 6.6667.
    @Test
    void smoothingEqualsTheHandWorkedAverage() {
        Points smooth = Smoothing.exponential(new Points(new double[] {1, 2}, new double[] {4, 8}), 0.5);
        assertThat(smooth.y()[0]).isCloseTo(4, within(1e-12));
        assertThat(smooth.y()[1]).isCloseTo(20.0 / 3, within(1e-12));
    }

    @Test
    void smoothingPassesOnWhatIsNotFinite() {
        Points smooth = Smoothing.exponential(new Points(new double[] {1, 2, 3}, new double[] {5, Double.NaN, 5}), 0.9);
        assertThat(smooth.y()[1]).isNaN();
        assertThat(smooth.y()[2]).isCloseTo(5, within(1e-12));
    }

    @Test
    void decimationKeepsEverySpike() {
        Random random = new Random(7);
        double[] x = new double[50_000];
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
            y[i] = random.nextGaussian();
        }
        y[12_345] = 50;
        y[40_001] = -50;
        Points few = Decimation.perColumn(new Points(x, y), 300);
        assertThat(few.size()).isLessThanOrEqualTo(1200);
        assertThat(few.x()).isSorted().startsWith(0).endsWith(49_999);
        assertThat(few.y()).contains(50, -50);
    }

    @Test
    void ticksAreRoundAndInside() {
        assertThat(Ticks.linear(0, 1, 6)).containsExactly(0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0);
        assertThat(Ticks.linear(-3, 17, 5)).containsExactly(0.0, 5.0, 10.0, 15.0);
        assertThat(Ticks.logarithmic(0.5, 2000, 6)).containsExactly(1.0, 10.0, 100.0, 1000.0);
        assertThat(Ticks.logarithmic(0.9, 12, 6)).containsExactly(1.0, 2.0, 5.0, 10.0);
    }

    @Test
    void theNearestPointIsFound() {
        Points points = new Points(new double[] {1, 5, 9}, new double[3]);
        assertThat(points.nearest(-4)).isZero();
        assertThat(points.nearest(6.9)).isEqualTo(1);
        assertThat(points.nearest(7.1)).isEqualTo(2);
        assertThat(Points.NONE.nearest(1)).isEqualTo(-1);
    }
}
