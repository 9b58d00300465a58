package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bitdistillery.config.Quantization.Granularity;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Subln;
import org.bitdistillery.model.Torch;
import org.bitdistillery.quant.Ternary;
import org.bitdistillery.quant.TernaryQuantizer;
import org.junit.jupiter.api.Test;

class WeightTelemetryTest {

    @Test
    void weightsAreCountedBetweenEdgesPinnedToDelta() {
        // mean |w| = (0.5 + 0.25 + 0.52 + 0 + 1.03 + 5 + 4.7 + 0) / 8 = 1.5;
        // in units of delta: 0.333, -0.1667, 0.3467, 0, -0.6867, 3.33, -3.13, 0.
        WeightHistogram histogram = WeightTelemetry.histogram(
                new float[] {0.5f, -0.25f, 0.52f, 0, -1.03f, 5, -4.7f, 0}, 4, TernaryQuantizer.PER_TENSOR);
        long[] expected = new long[130];
        expected[65 + 5] = 2;   // 0.333 and 0.3467 lie in [5/16, 6/16)
        expected[65 - 3] = 1;   // -0.1667 in [-3/16, -2/16)
        expected[65] = 2;       // 0 belongs to the bin on its right
        expected[65 - 11] = 1;  // -0.6867 in [-11/16, -10/16)
        expected[65 + 53] = 1;  // 3.33 in [53/16, 54/16)
        expected[65 - 51] = 1;  // -3.13 in [-51/16, -50/16)
        assertThat(histogram.delta()).isCloseTo(1.5, within(1e-6));
        assertThat(histogram.counts()).isEqualTo(expected);
        assertThat(histogram.zeroFraction()).isEqualTo(5 / 8.0);
        assertThat(histogram.boundaryMass()).isZero();
    }

    @Test
    void outliersFallIntoTheOuterBinsAndBoundaryMassIsTheShareNearHalfDelta() {
        float[] weights = new float[100];
        weights[0] = 99;
        weights[1] = -99;
        Arrays.fill(weights, 2, 12, 1.02f);
        Arrays.fill(weights, 12, 22, -0.96f);
        // mean |w| = (198 + 10.2 + 9.6) / 100 = 2.178; 1.02 is 0.468 and 0.96 is 0.441 delta: only the former is near.
        WeightHistogram histogram = WeightTelemetry.histogram(weights, 10, TernaryQuantizer.PER_TENSOR);
        assertThat(histogram.counts()[0]).isEqualTo(1);
        assertThat(histogram.counts()[129]).isEqualTo(1);
        assertThat(histogram.boundaryMass()).isCloseTo(0.1, within(1e-12));
        assertThat(histogram.zeroFraction()).isCloseTo(0.98, within(1e-12));
    }

    @Test
    void allProjectionsAreSampledAndTheirSumComesFirst() {
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                Decoder student = Subln.student(base, SubLnPlacement.PAPER);
                WeightTelemetry telemetry = new WeightTelemetry(student)) {
            telemetry.look(0, WeightTelemetry.Seen.NOTHING);
            Map<String, WeightHistogram> histograms = telemetry.finished(true).getFirst().histograms();
            assertThat(histograms).hasSize(1 + 2 * 7);
            assertThat(histograms.keySet().iterator().next()).isEqualTo(WeightTelemetry.ALL);
            long total = Arrays.stream(histograms.get(WeightTelemetry.ALL).counts()).sum();
            assertThat(total).isEqualTo(student.architecture().projectionParameters());
            // For normal weights, delta = σ·sqrt(2/π), so that |w| < delta/2 holds with probability erf(1/(2·sqrt(π))).
            assertThat(histograms.get(WeightTelemetry.ALL).zeroFraction()).isCloseTo(0.310, within(0.02));
        }
    }

    @Test
    void flipRateIsTheShareOfCodesThatChangedSinceTheLastLook() {
        String name = "model.layers.0.self_attn.q_proj.weight";
        try (Decoder base = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                Decoder student = Subln.student(base, SubLnPlacement.PAPER);
                WeightTelemetry telemetry = new WeightTelemetry(student)) {
            telemetry.look(0, WeightTelemetry.Seen.NOTHING);
            float[] weights = student.floats(name);
            float delta = Ternary.absmean(weights);
            int large = 0;
            while (Math.abs(weights[large]) < delta) {
                large++;
            }
            weights[large] = -weights[large];
            Torch.overwrite(student.parameters().get(name), weights);
            telemetry.look(1, new WeightTelemetry.Seen(Map.of(name, 2.5), Map.of(name, 0.5)));

            List<WeightTelemetry.Snapshot> looks = telemetry.finished(true);

            assertThat(looks.getFirst().health().get(name).flipRate()).isNull();
            assertThat(looks.getLast().health().get(name)).isEqualTo(new TensorHealth(1.0 / weights.length, 2.5, 0.5));
            assertThat(looks.getLast().health().get("model.layers.1.self_attn.q_proj.weight").flipRate()).isZero();
            assertThat(looks.getLast().health().get(WeightTelemetry.ALL).flipRate())
                    .isCloseTo(1.0 / student.architecture().projectionParameters(), within(1e-12));
        }
    }

    @Test
    void blocksAreCountedInUnitsOfTheirOwnScale() {
        // rows of scale 1 and 10: the same histogram twice
        float[] weights = {1, -1, 0.3f, 1.7f, 10, -10, 3, 17};
        WeightHistogram histogram = WeightTelemetry.histogram(weights, 4, new TernaryQuantizer(Granularity.CHANNEL, 1));
        assertThat(histogram.delta()).isCloseTo(5.5, within(1e-6));
        assertThat(histogram.zeroFraction()).isEqualTo(0.25);
        assertThat(Arrays.stream(histogram.counts()).filter(count -> count == 2).count()).isEqualTo(4);
    }
}
