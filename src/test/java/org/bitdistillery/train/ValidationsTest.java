package org.bitdistillery.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.bitdistillery.config.SubLnPlacement;
import org.bitdistillery.model.Decoder;
import org.bitdistillery.model.Shapes;
import org.bitdistillery.model.Torch;
import org.junit.jupiter.api.Test;

class ValidationsTest {

    private static final String NORM = "model.norm.weight";

    private record Heard(long step, Score score, float[] weights) {}

    private final List<Heard> heard = new ArrayList<>();

    @Test
    void theScoreIsOfTheWeightsAsTheyWereHoweverFarTrainingHasCome() {
        CountDownLatch trainedOn = new CountDownLatch(1);
        try (Decoder student = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                Validations validations = new Validations(weights -> score(weights, trainedOn))) {
            float[] before = student.floats(NORM);
            validations.begin(7, student);
            hear(validations, false, student);
            assertThat(heard).isEmpty();
            Torch.overwrite(student.parameters().get(NORM), new float[before.length]);
            trainedOn.countDown();
            hear(validations, true, student);
            assertThat(heard).hasSize(1);
            assertThat(heard.getFirst().step()).isEqualTo(7);
            assertThat(heard.getFirst().score().loss()).isEqualTo(before[0]);
            assertThat(heard.getFirst().weights()).isEqualTo(before);
        }
    }

    @Test
    void aLargeModelIsScoredAtOnceWithoutACopy() {
        try (Decoder student = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                Validations validations = new Validations(weights -> {
                    assertThat(weights).isSameAs(student);
                    return score(weights, new CountDownLatch(0));
                }, 0)) {
            validations.begin(7, student);
            hear(validations, false, student);
            assertThat(heard).hasSize(1);
            assertThat(student.floats(NORM)).isNotEmpty();
        }
    }

    @Test
    void whatGoesWrongInAScoreIsToldToTheTraining() {
        try (Decoder student = Decoder.random(Shapes.tiny(SubLnPlacement.OFF), 1);
                Validations validations = new Validations(weights -> {
                    throw new IllegalStateException("unreadable");
                })) {
            validations.begin(7, student);
            assertThatThrownBy(() -> hear(validations, true, student)).isInstanceOf(IllegalStateException.class).hasMessage("unreadable");
        }
    }

    private void hear(Validations validations, boolean wait, Decoder student) {
        validations.finished(wait, student, (step, score, weights) -> heard.add(new Heard(step, score, weights.floats(NORM))));
    }

    private static Score score(Decoder weights, CountDownLatch when) {
        try {
            when.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Score(weights.floats(NORM)[0], null);
    }
}
