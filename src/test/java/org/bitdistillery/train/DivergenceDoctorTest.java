package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.bitdistillery.event.TensorHealth;
import org.bitdistillery.event.WeightHistogram;
import org.bitdistillery.train.WeightTelemetry.Snapshot;
import org.junit.jupiter.api.Test;

class DivergenceDoctorTest {

    private static final String LAYER = "model.layers.3.mlp.up_proj.weight";

    private final DivergenceDoctor doctor = new DivergenceDoctor();

    @Test
    void aGradientThatStaysAHundredTimesAboveTheUsualIsAnExplosion() {
        for (int step = 1; step <= 30; step++) {
            doctor.afterStep(step, 1 + 0.1 * (step % 3), LAYER);
        }
        doctor.afterStep(31, 500, LAYER);
        doctor.afterStep(32, 5000, LAYER);
        assertThatThrownBy(() -> doctor.afterStep(33, 50_000, LAYER)).isInstanceOf(TrainingDiverged.class)
                .hasMessageContainingAll("exploded at step 33", "5.00e+04", "1.10", LAYER, "Lower the learning rate");
    }

    @Test
    void outliersAndANoisyBeginningAreNone() {
        for (int step = 1; step <= 200; step++) {
            boolean outlier = step % 10 == 0 || step == 2 || step == 3;
            doctor.afterStep(step, outlier ? 1e6 : 1, LAYER);
        }
    }

    @Test
    void aMatrixOfZerosIsNamed() {
        assertThatThrownBy(() -> doctor.look(snapshot(40, 1, new TensorHealth(0.0, 1.0, 1.0))))
                .hasMessageContainingAll("Every ternary weight of " + LAYER + " is 0 at step 40", "weight decay");
    }

    @Test
    void aLayerThatIsSilentTwiceInARowIsDead() {
        doctor.look(snapshot(20, 0.3, new TensorHealth(0.0, 1.0, 0.0)));
        doctor.look(snapshot(40, 0.3, new TensorHealth(0.0, 1.0, 0.1)));
        doctor.look(snapshot(60, 0.3, new TensorHealth(0.0, 1.0, 0.0)));
        assertThatThrownBy(() -> doctor.look(snapshot(80, 0.3, new TensorHealth(0.0, 1.0, 0.0))))
                .hasMessageContainingAll(LAYER + " is dead at step 80", "its gradient is exactly 0");
    }

    @Test
    void inputsThatVanishAreNamedToo() {
        doctor.look(snapshot(20, 0.3, new TensorHealth(0.0, 1e-7, 0.1)));
        assertThatThrownBy(() -> doctor.look(snapshot(40, 0.3, new TensorHealth(0.0, 1e-7, 0.1))))
                .hasMessageContaining("its inputs are all about 0");
    }

    @Test
    void whatWasNotMeasuredIsNoReason() {
        assertThatCode(() -> {
            doctor.look(snapshot(20, 0.3, new TensorHealth(null, null, null)));
            doctor.look(snapshot(40, 0.3, new TensorHealth(null, null, null)));
        }).doesNotThrowAnyException();
    }

    private static Snapshot snapshot(long step, double zeroFraction, TensorHealth health) {
        WeightHistogram histogram = new WeightHistogram(0.02, new long[130], zeroFraction, 0.05);
        return new Snapshot(step, Map.of(LAYER, histogram), Map.of(LAYER, health));
    }
}
