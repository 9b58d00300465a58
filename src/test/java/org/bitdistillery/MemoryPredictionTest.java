package org.bitdistillery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.bitdistillery.platform.Machine;
import org.bitdistillery.platform.SelfProcess;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Pre-flight's promise: the peak of a training process is within 20 % of what it predicts.
class MemoryPredictionTest {

    /// A busy machine makes Java's heap and the allocator keep more than they need, never less.
    private static final int TRIES = 3;

    @ParameterizedTest
    @ValueSource(strings = {"FP16_SFT", "BITNET_SFT", "DISTILL"})
    void thePeakIsWithinAFifthOfThePrediction(String mode) throws Exception {
        Assumptions.assumeTrue(Machine.peakResidentBytes() > 0, "the operating system does not tell the peak of the resident set");
        double ratio = Double.POSITIVE_INFINITY;
        for (int i = 0; i < TRIES && ratio > 1.2; i++) {
            ratio = Math.min(ratio, peakOverPrediction(mode));
        }
        assertThat(ratio).as("peak over prediction").isBetween(0.8, 1.2);
    }

    private static double peakOverPrediction(String mode) throws Exception {
        Process training = SelfProcess.command("bench", "train", "--shapes", "S", "--batch", "8", "--memory", mode, "--json")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String printed = new String(training.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(training.waitFor()).isZero();
        JsonNode found = JsonMapper.shared().readTree(printed);
        return found.get("peak").asDouble() / found.get("predicted").asDouble();
    }
}
