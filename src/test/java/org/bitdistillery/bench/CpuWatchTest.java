package org.bitdistillery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuWatchTest {

    @TempDir
    Path proc;

    /// 1,000 ticks pass. Busy are 700 of them: 400 the measured process (10) and its child (11), 150 a browser with a bracket in
    /// its name, 50 ourselves, 60 a compiler that has ended before the watch does, and 40 nobody that can be seen.
    @Test
    void whatTheMeasuredProcessDidNotUseIsOthers() throws IOException {
        processor(1000, 500, 9000);
        process(1, "java", 0, 70, 5);
        process(20, "web (browser)", 1, 1000, 0);
        CpuWatch watch = new CpuWatch(proc, 1);
        watch.measures(10);
        process(10, "java", 1, 200, 0);
        process(11, "helper", 10, 90, 0);
        process(30, "cc1", 20, 60, 0);
        watch.sample();
        for (int ended : List.of(10, 11, 30)) {
            Files.delete(proc.resolve(ended + "/stat"));
        }
        process(1, "java", 0, 120, 405);
        process(20, "web (browser)", 1, 1150, 0);
        processor(1500, 700, 9300);

        HostLoad load = watch.end();

        assertThat(load.othersShare()).isCloseTo(0.3, within(1e-9));
        assertThat(load.programs()).extracting(HostLoad.Program::name)
                .containsExactly("web (browser)", "cc1", "BitDistillery itself", HostLoad.UNSEEN);
        assertThat(load.programs()).extracting(HostLoad.Program::share).usingElementComparator((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : 1)
                .containsExactly(0.15, 0.06, 0.05, 0.04);
    }

    @Test
    void withoutSuchFilesNothingIsClaimed() {
        HostLoad load = new CpuWatch(proc, 1).end();
        assertThat(load.othersShare()).isEqualTo(-1);
        assertThat(load.programs()).isEmpty();
    }

    /// The idle time includes waiting for disks.
    private void processor(long user, long system, long idle) throws IOException {
        Files.writeString(proc.resolve("stat"), "cpu  " + user + " 0 " + system + " " + (idle - 10) + " 10 0 0 0 0 0\ncpu0 1 2 3\n");
    }

    private void process(long pid, String name, long parent, long ticks, long childTicks) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("stat"), pid + " (" + name + ") S " + parent + " 1 1 0 -1 0 0 0 0 0 "
                + (ticks - 1) + " 1 " + childTicks + " 0 20 0 1 0\n");
    }
}
