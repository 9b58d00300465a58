package org.bitdistillery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bitdistillery.platform.SelfProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MainTest {

    @Test
    void onLinuxTheEnvironmentTellsWhetherThereIsADisplay() {
        assertThat(Main.hasDisplay("Linux", "", Map.of())).isFalse();
        assertThat(Main.hasDisplay("Linux", "", Map.of("DISPLAY", ""))).isFalse();
        assertThat(Main.hasDisplay("Linux", "", Map.of("DISPLAY", ":0"))).isTrue();
        assertThat(Main.hasDisplay("Linux", "", Map.of("WAYLAND_DISPLAY", "wayland-0"))).isTrue();
        assertThat(Main.hasDisplay("Linux", "Headless", Map.of())).isTrue();
        assertThat(Main.hasDisplay("Windows 11", "", Map.of())).isTrue();
        assertThat(Main.hasDisplay("Mac OS X", "", Map.of())).isTrue();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "other systems always have a display")
    void withoutADisplayAndArgumentsTheCommandIsNamed() throws Exception {
        ProcessBuilder builder = SelfProcess.command();
        builder.command().removeIf(flag -> flag.startsWith("-Dglass.platform"));
        builder.environment().keySet().removeAll(Set.of("DISPLAY", "WAYLAND_DISPLAY"));
        Process process = builder.start();
        String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(error.lines().filter(line -> !line.startsWith("WARNING:"))).containsExactly(Main.NO_DISPLAY);
        assertThat(error).contains("-Dargs=\"run sample-configs/quickstart.json\"");
    }

    @Test
    void argumentsAreACommand() throws Exception {
        Process process = SelfProcess.command("--version").redirectErrorStream(true).start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains("BitDistillery ");
        assertThat(process.waitFor()).isZero();
    }
}
