package org.bitdistillery.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// OpenMP itself is asked: with `OMP_DISPLAY_ENV` it prints the settings that it read when it was loaded.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows' libtorch prints its OpenMP settings in another form")
class OpenMpTest {

    @TempDir Path folder;

    @Test
    void theOpenMpThatLibtorchLoadsSleepsWhereThePolicyIsPassive() throws Exception {
        String output = probe("PASSIVE", Map.of());
        assertThat(output).contains("set PASSIVE", "sum 3.0").containsPattern("OMP_WAIT_POLICY ?= ?'PASSIVE'");
    }

    @Test
    void theOpenMpThatLibtorchLoadsSpinsWhereThePolicyIsActive() throws Exception {
        assertThat(probe("ACTIVE", Map.of())).containsPattern("OMP_WAIT_POLICY ?= ?'ACTIVE'");
    }

    @Test
    void aPolicyThatTheUserExportedStays() throws Exception {
        String output = probe("PASSIVE", Map.of("OMP_WAIT_POLICY", "ACTIVE"));
        assertThat(output).contains("set ACTIVE").containsPattern("OMP_WAIT_POLICY ?= ?'ACTIVE'");
    }

    private String probe(String policy, Map<String, String> environment) throws Exception {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = SelfProcess.command(OpenMpProbe.class.getName(), List.of(), policy)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().remove("OMP_WAIT_POLICY");
        builder.environment().put("OMP_DISPLAY_ENV", "true");
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
