package org.bitdistillery.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SelfProcessTest {

    @Test
    void theChildRunsMainOnTheSameJavaAndClassPath() {
        List<String> command = SelfProcess.command("run", "a file.json").command();

        assertThat(command.getFirst()).startsWith(System.getProperty("java.home"));
        assertThat(command).containsSequence(
                "-classpath", System.getProperty("java.class.path"), "org.bitdistillery.Main", "run", "a file.json");
    }

    @Test
    void memoryAndPlatformFlagsAreInheritedButDebuggersAreNot() {
        List<String> flags = SelfProcess.flags(List.of(
                "-Xmx3g", "-Dglass.platform=Headless", "-agentlib:jdwp=transport=dt_socket,address=5005", "-javaagent:profiler.jar",
                "-Dcom.sun.management.jmxremote.port=9010"));

        assertThat(flags).startsWith("-Xmx3g", "-Dglass.platform=Headless");
        assertThat(flags).noneMatch(flag -> flag.contains("agent") || flag.contains("jmxremote"));
    }

    @Test
    void flagsThatTheEnginesNeedAreThereOnce() {
        List<String> flags = SelfProcess.flags(List.of("--enable-native-access=ALL-UNNAMED"));

        assertThat(flags).containsExactlyInAnyOrder("--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector",
                "--sun-misc-unsafe-memory-access=allow");
    }
}
