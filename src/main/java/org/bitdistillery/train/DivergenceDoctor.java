package org.bitdistillery.train;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;
import org.bitdistillery.train.WeightTelemetry.Snapshot;

/// Watches for a training that goes on without learning: exploding gradients, layers through which nothing flows any longer,
/// matrices that have become all zeros. Losses and gradients that are not finite are found by the step itself.
final class DivergenceDoctor {

    /// A gradient this many times the usual is no outlier any more.
    private static final double EXPLODED = 100;
    private static final int PATIENCE = 3;
    private static final int REMEMBERED = 50;
    private static final int LEAST_REMEMBERED = 20;
    /// INT8 quantization cannot tell activations from zeros below this.
    private static final double NO_ACTIVATION = 1e-5;

    private final double[] norms = new double[REMEMBERED];
    private final Map<String, Integer> silent = new HashMap<>();
    private int remembered;
    private int exploding;

    /// @param largest the parameter with the largest gradient
    /// @throws TrainingDiverged where the gradient has been far above the usual for some steps
    void afterStep(long step, double gradientNorm, String largest) {
        double usual = median();
        boolean far = remembered >= LEAST_REMEMBERED && gradientNorm > EXPLODED * usual;
        exploding = far ? exploding + 1 : 0;
        if (exploding >= PATIENCE) {
            throw TrainingDiverged.exploding(step, gradientNorm, usual, largest);
        }
        if (!far) {
            norms[remembered++ % REMEMBERED] = gradientNorm;
        }
    }

    private double median() {
        double[] sorted = Arrays.copyOf(norms, Math.min(remembered, REMEMBERED));
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    /// @throws TrainingDiverged where a matrix is all zeros, or a layer was silent twice in a row
    void look(Snapshot snapshot) {
        snapshot.histograms().forEach((tensor, histogram) -> {
            if (!tensor.equals(WeightTelemetry.ALL)) {
                requireAlive(snapshot.step(), tensor, histogram, snapshot.health().get(tensor));
            }
        });
    }

    private void requireAlive(long step, String tensor, WeightHistogram histogram, TensorHealth health) {
        if (histogram.zeroFraction() >= 1) {
            throw TrainingDiverged.allZero(step, tensor);
        }
        boolean noActivation = health.activationScale() != null && health.activationScale() <= NO_ACTIVATION;
        boolean noGradient = health.gradientNorm() != null && health.gradientNorm() == 0;
        int times = noActivation || noGradient ? silent.merge(tensor, 1, Integer::sum) : 0;
        if (times == 0) {
            silent.remove(tensor);
        } else if (times > 1) {
            throw TrainingDiverged.dead(step, tensor, noActivation);
        }
    }
}
