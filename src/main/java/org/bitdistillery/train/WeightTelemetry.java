package org.bitdistillery.train;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.ParameterSpec;
import org.bitdistillery.quant.TernaryQuantizer;

/// Looks at the latent weights of a ternary student as it is trained: where they stand between the boundaries at which they
/// flip, and how many have flipped since the last look.
///
/// Weights are copied on the training thread and counted on another one, so that a step waits for the copy alone; where there
/// are many, it waits until most are counted, because copies of a large model would cost more memory than the look is worth.
final class WeightTelemetry implements AutoCloseable {

    /// Name of the histogram of all quantized projections together.
    public static final String ALL = "all";

    private static final double NEAR = 0.05;
    /// Weights that are copied and not counted yet.
    private static final int MOST_COPIED = 16 << 20;

    private final Decoder student;
    private final TernaryQuantizer quantizer;
    private final List<ParameterSpec> projections;
    private final Map<String, PackedCodes> codes = new LinkedHashMap<>();
    private final ExecutorService counting = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("weight telemetry").factory());
    private final Semaphore copied = new Semaphore(MOST_COPIED);
    private final Map<Integer, Queue<float[]>> copies = new ConcurrentHashMap<>();
    private final ArrayDeque<Look> underWay = new ArrayDeque<>();

    WeightTelemetry(Decoder student) {
        this.student = student;
        this.quantizer = TernaryQuantizer.of(student.quantization());
        this.projections = ParameterSpec.of(student.architecture()).stream()
                .filter(spec -> spec.kind() == ParameterSpec.Kind.PROJECTION && student.quantization().covers(spec.name()))
                .toList();
    }

    /// All projections at one step, [#ALL] first.
    record Snapshot(long step, Map<String, WeightHistogram> histograms, Map<String, TensorHealth> health) {}

    /// What the step itself has seen, by tensor name.
    ///
    /// @param activationScales see [TensorHealth]
    /// @param gradientNorms    L2 norms of the gradient
    record Seen(Map<String, Double> activationScales, Map<String, Double> gradientNorms) {

        static final Seen NOTHING = new Seen(Map.of(), Map.of());
    }

    private record Look(long step, Seen seen, Map<String, Future<Counted>> tensors) {

        boolean isDone() {
            return tensors.values().stream().allMatch(Future::isDone);
        }
    }

    /// @param flips null where it is the first look
    private record Counted(WeightHistogram histogram, int weights, Long flips) {}

    /// Begins a look at the weights as they are now; [#finished] has it later.
    void look(long step, Seen seen) {
        Map<String, Future<Counted>> tensors = new LinkedHashMap<>();
        for (ParameterSpec spec : projections) {
            int permits = (int) Math.min(MOST_COPIED, spec.elements());
            copied.acquireUninterruptibly(permits);
            float[] weights = copy(spec);
            tensors.put(spec.name(), counting.submit(() -> {
                try {
                    return count(spec, weights);
                } finally {
                    giveBack(weights);
                    copied.release(permits);
                }
            }));
        }
        underWay.add(new Look(step, seen, tensors));
    }

    /// In an array of an earlier copy where there is one: Java's heap would grow by all weights of the model before a collection.
    private float[] copy(ParameterSpec spec) {
        int size = Math.toIntExact(spec.elements());
        float[] free = copies.computeIfAbsent(size, _ -> new ConcurrentLinkedDeque<>()).poll();
        float[] weights = free == null ? new float[size] : free;
        student.floats(spec.name(), weights);
        return weights;
    }

    private void giveBack(float[] weights) {
        copies.get(weights.length).add(weights);
    }

    /// Looks that are done, in the order in which they were begun.
    ///
    /// @param wait whether to wait for those that are not
    List<Snapshot> finished(boolean wait) {
        List<Snapshot> done = new ArrayList<>();
        while (!underWay.isEmpty() && (wait || underWay.peek().isDone())) {
            try {
                done.add(snapshot(underWay.remove()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return done;
            } catch (ExecutionException e) {
                throw new IllegalStateException("The weights could not be counted.", e.getCause());
            }
        }
        return done;
    }

    private static Snapshot snapshot(Look look) throws InterruptedException, ExecutionException {
        Map<String, WeightHistogram> histograms = new LinkedHashMap<>();
        Map<String, TensorHealth> health = new LinkedHashMap<>();
        histograms.put(ALL, null);
        Sum sum = new Sum();
        for (var tensor : look.tensors.entrySet()) {
            String name = tensor.getKey();
            Counted counted = tensor.getValue().get();
            histograms.put(name, counted.histogram);
            health.put(name, new TensorHealth(
                    counted.flips == null ? null : Double.valueOf((double) counted.flips / counted.weights),
                    look.seen.activationScales().get(name), look.seen.gradientNorms().get(name)));
            sum.add(counted.histogram, counted.weights, counted.flips);
        }
        histograms.put(ALL, sum.histogram());
        health.put(ALL, new TensorHealth(sum.flipRate(), null, null));
        return new Snapshot(look.step, histograms, health);
    }

    private Counted count(ParameterSpec spec, float[] weights) {
        int columns = Math.toIntExact(spec.shape()[1]);
        float[] scales = quantizer.scales(weights, columns);
        PackedCodes now = PackedCodes.of(weights.length, i -> quantizer.code(weights, i, columns, scales));
        PackedCodes before = codes.put(spec.name(), now);
        Long flips = before == null ? null : Long.valueOf(now.differences(before));
        return new Counted(histogram(weights, columns, quantizer), weights.length, flips);
    }

    /// Counts weights in the bins that [WeightHistogram] describes, each in units of its own group's delta; a weight on an edge
    /// belongs to the bin on its right. The histogram's delta is the mean of the groups'.
    static WeightHistogram histogram(float[] weights, int columns, TernaryQuantizer quantizer) {
        float[] scales = quantizer.scales(weights, columns);
        long[] counts = new long[WeightHistogram.BINS + 2];
        long zeros = 0;
        long near = 0;
        for (int i = 0; i < weights.length; i++) {
            double inDeltas = (double) weights[i] / scales[quantizer.group(i / columns, i % columns, columns)];
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
        double delta = 0;
        for (float scale : scales) {
            delta += scale;
        }
        return new WeightHistogram(
                delta / scales.length, counts, (double) zeros / weights.length, (double) near / weights.length);
    }

    @Override
    public void close() {
        counting.shutdownNow();
    }

    /// Several tensors taken together.
    private static final class Sum {
        private final long[] counts = new long[WeightHistogram.BINS + 2];
        private double deltas;
        private double zeros;
        private double near;
        private long weights;
        private int tensors;
        private Long flips;

        void add(WeightHistogram histogram, int elements, Long flipped) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += histogram.counts()[i];
            }
            deltas += histogram.delta();
            zeros += histogram.zeroFraction() * elements;
            near += histogram.boundaryMass() * elements;
            weights += elements;
            tensors++;
            flips = flipped == null ? flips : Long.valueOf((flips == null ? 0 : flips) + flipped);
        }

        Double flipRate() {
            return flips == null ? null : Double.valueOf((double) flips / weights);
        }

        WeightHistogram histogram() {
            return new WeightHistogram(deltas / Math.max(1, tensors), counts, zeros / Math.max(1, weights), near / Math.max(1, weights));
        }
    }
}
