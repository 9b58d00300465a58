package org.bitdistillery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyMeterTest {

    @TempDir
    Path powercap;

    @Test
    void packagesAreAddedUpAndACounterMayPassItsEnd() throws IOException {
        counter("intel-rapl:0", 1_000_000);
        counter("intel-rapl:1", 9_500_000);
        counter("intel-rapl:0:0", 5);
        EnergyMeter meter = new EnergyMeter(powercap);
        var before = meter.read();
        counter("intel-rapl:0", 3_500_000);
        counter("intel-rapl:1", 500_000);
        // 2.5 J, and 0.5 J to the end of the counter at 10 J and 0.5 J from its start.
        assertThat(meter.joulesSince(before)).hasValue(3.5);
        assertThat(EnergyMeter.absence(powercap)).isEmpty();
    }

    @Test
    void aMachineWithoutCountersSaysSo() throws IOException {
        assertThat(EnergyMeter.absence(powercap)).isEqualTo("Energy: this machine exposes no RAPL counters.");
        assertThat(new EnergyMeter(powercap).joulesSince(java.util.List.of())).isEmpty();
        Files.createDirectories(powercap.resolve("intel-rapl:0"));
        assertThat(EnergyMeter.absence(powercap)).contains("only be read by an administrator");
    }

    private void counter(String zone, long micro) throws IOException {
        Path folder = Files.createDirectories(powercap.resolve(zone));
        Files.writeString(folder.resolve("energy_uj"), micro + "\n");
        Files.writeString(folder.resolve("max_energy_range_uj"), "10000000\n");
    }
}
