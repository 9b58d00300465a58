package org.bitdistillery.analysis;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;

/// How the weights of one tensor moved while a stage ran: some of its histograms, the first and the newest among them,
/// and what was measured of it as curves.
public final class WeightHistory {

    /// A histogram is a kilobyte and a model has hundreds of tensors.
    private static final int MOST_SNAPSHOTS = 32;
    private static final int CURVE_CAPACITY = 1024;

    /// A histogram and the step after which it was taken.
    public record Snapshot(long step, WeightHistogram histogram) {}

    private final List<Snapshot> snapshots = new ArrayList<>();
    private final Map<WeightMeasure, Series> curves = new EnumMap<>(WeightMeasure.class);

    void add(long step, WeightHistogram histogram, TensorHealth health) {
        cutFrom(step);
        if (snapshots.size() == MOST_SNAPSHOTS) {
            thin();
        }
        snapshots.add(new Snapshot(step, histogram));
        for (WeightMeasure measure : WeightMeasure.values()) {
            Double value = measure.of(histogram, health);
            if (value != null) {
                curves.computeIfAbsent(measure, _ -> new Series(CURVE_CAPACITY)).add(step, value);
            }
        }
    }

    void cutFrom(long step) {
        snapshots.removeIf(s -> s.step() >= step);
        curves.values().forEach(curve -> curve.cutFrom(step));
    }

    /// Ascending steps; never empty for a tensor that [RunHistory#tensors] names.
    public List<Snapshot> snapshots() {
        return List.copyOf(snapshots);
    }

    /// An empty series where it was never measured.
    public Series curve(WeightMeasure measure) {
        return curves.getOrDefault(measure, new Series(CURVE_CAPACITY));
    }

    /// Keeps the first and every second one after it.
    private void thin() {
        for (int i = snapshots.size() - 1; i > 0; i -= 2) {
            snapshots.remove(i);
        }
    }
}
