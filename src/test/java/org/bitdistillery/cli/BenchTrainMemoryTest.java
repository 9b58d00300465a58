package org.bitdistillery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitdistillery.Main;
import org.bitdistillery.platform.SelfProcess;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is predicted, beside what a process of its own really took.
class BenchTrainMemoryTest {

    private static final long MEBIBYTE = 1 << 20;

    @Test
    void settingsThatSaveMemorySaveItAndThePredictionKnows() throws Exception {
        JsonNode usual = measure();
        JsonNode saving = measure("--save", "COMPACT_TEACHER,BFLOAT16_STATE,RECOMPUTED_ACTIVATIONS,FROZEN_EMBEDDINGS");
        for (JsonNode found : List.of(usual, saving)) {
            double predicted = found.get("predicted").asDouble();
            assertThat(found.get("peak").asDouble()).as(found.toString()).isBetween(0.7 * predicted, 1.5 * predicted);
        }
        long predictedLess = usual.get("predicted").asLong() - saving.get("predicted").asLong();
        long less = usual.get("peak").asLong() - saving.get("peak").asLong();
        assertThat(predictedLess).isGreaterThan(200 * MEBIBYTE);
        assertThat(less).isPositive();
    }

    /// With a small heap, so that what Java has not collected yet does not hide the rest.
    private static JsonNode measure(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("bench", "train", "--shapes", "S", "--batch", "8", "--memory", "DISTILL", "--json"));
        arguments.addAll(Arrays.asList(options));
        Process process = SelfProcess.command(Main.class.getName(), List.of("-Xmx256m"), arguments.toArray(String[]::new))
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        String[] lines = out.strip().split("\n");
        JsonNode found = JsonMapper.shared().readTree(lines[lines.length - 1]);
        Assumptions.assumeTrue(found.get("peak").asLong() > 0, "the operating system does not tell the resident set");
        return found;
    }
}
