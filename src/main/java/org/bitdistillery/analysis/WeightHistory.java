package org.bitdistillery.analysis;

import java.util.ArrayList;
import java.util.List;
import org.bitdistillery.event.WeightHistogram;

/// How the weights of one tensor moved while a stage ran: some of its histograms, the first and the newest among them,
/// and its zero fraction and boundary mass as curves.
public final class WeightHistory {

    /// A histogram is a kilobyte and a model has hundreds of tensors.
    private static final int MOST_SNAPSHOTS = 32;
    private static final int CURVE_CAPACITY = 1024;

    /// A histogram and the step after which it was taken.
    public record Snapshot(long step, WeightHistogram histogram) {}

    private final List<Snapshot> snapshots = new ArrayList<>();
    private final Series zeroFraction = new Series(CURVE_CAPACITY);
    private final Series boundaryMass = new Series(CURVE_CAPACITY);

    void add(long step, WeightHistogram histogram) {
        cutFrom(step);
        if (snapshots.size() == MOST_SNAPSHOTS) {
            thin();
        }
        snapshots.add(new Snapshot(step, histogram));
        zeroFraction.add(step, histogram.zeroFraction());
        boundaryMass.add(step, histogram.boundaryMass());
    }

    void cutFrom(long step) {
        snapshots.removeIf(s -> s.step() >= step);
        zeroFraction.cutFrom(step);
        boundaryMass.cutFrom(step);
    }

    /// Ascending steps; never empty for a tensor that [RunHistory#tensors] names.
    public List<Snapshot> snapshots() {
        return List.copyOf(snapshots);
    }

    public Series zeroFraction() {
        return zeroFraction;
    }

    public Series boundaryMass() {
        return boundaryMass;
    }

    /// Keeps the first and every second one after it.
    private void thin() {
        for (int i = snapshots.size() - 1; i > 0; i -= 2) {
            snapshots.remove(i);
        }
    }
}
