package org.bitdistillery.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bitdistillery.event.WeightHistogram;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.quant.Ternary;

/// Looks at the latent weights of a ternary student: where they stand between the boundaries at which they flip.
public final class WeightTelemetry {

    /// Name of the histogram of all quantized projections together.
    public static final String ALL = "all";

    private static final double NEAR = 0.05;

    private WeightTelemetry() {
    }

    /// Histograms of every quantized projection by tensor name, and of all together as [#ALL], which comes first.
    public static Map<String, WeightHistogram> sample(Decoder student) {
        Map<String, WeightHistogram> histograms = new LinkedHashMap<>();
        histograms.put(ALL, null);
        Sum sum = new Sum();
        for (ParameterSpec spec : ParameterSpec.of(student.architecture())) {
            if (spec.kind() == ParameterSpec.Kind.PROJECTION) {
                float[] weights = student.floats(spec.name());
                WeightHistogram histogram = histogram(weights);
                histograms.put(spec.name(), histogram);
                sum.add(histogram, weights.length);
            }
        }
        histograms.put(ALL, sum.histogram());
        return histograms;
    }

    /// Counts weights in the bins that [WeightHistogram] describes; a weight on an edge belongs to the bin on its right.
    public static WeightHistogram histogram(float[] weights) {
        float delta = Ternary.absmean(weights);
        long[] counts = new long[WeightHistogram.BINS + 2];
        long zeros = 0;
        long near = 0;
        for (float weight : weights) {
            double inDeltas = (double) weight / delta;
            double bin = Math.floor(inDeltas * WeightHistogram.BINS_PER_DELTA) + WeightHistogram.BINS / 2;
            counts[1 + (int) Math.clamp(bin, -1, WeightHistogram.BINS)]++;
            double magnitude = Math.abs(inDeltas);
            if (magnitude <= 0.5) {
                zeros++;
            }
            if (Math.abs(magnitude - 0.5) <= NEAR) {
                near++;
            }
        }
        return new WeightHistogram(delta, counts, (double) zeros / weights.length, (double) near / weights.length);
    }

    /// Several tensors taken together.
    private static final class Sum {
        private final long[] counts = new long[WeightHistogram.BINS + 2];
        private double deltas;
        private double zeros;
        private double near;
        private long weights;
        private int tensors;

        void add(WeightHistogram histogram, int elements) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += histogram.counts()[i];
            }
            deltas += histogram.delta();
            zeros += histogram.zeroFraction() * elements;
            near += histogram.boundaryMass() * elements;
            weights += elements;
            tensors++;
        }

        WeightHistogram histogram() {
            return new WeightHistogram(deltas / tensors, counts, zeros / weights, near / weights);
        }
    }
}
