package org.bitdistillery.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MachineTest {

    @Test
    void everyFactIsFilled() {
        Machine machine = Machine.current();

        assertThat(machine.cpu()).isNotBlank();
        assertThat(machine.cores()).isPositive();
        assertThat(machine.memoryBytes()).isGreaterThan(1L << 28);
        assertThat(machine.java()).startsWith(Runtime.version().toString());
        assertThat(machine.javafx()).matches("\\d+\\.\\d+.*");
        assertThat(machine.djl()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(machine.libtorch()).matches("\\d+\\.\\d+\\.\\d+");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "other systems do not tell")
    void residentMemoryIsThatOfTheWholeProcessAndNeverAboveItsPeak() {
        long resident = Machine.residentBytes();

        assertThat(resident).isBetween(16L << 20, Machine.current().memoryBytes());
        assertThat(Machine.peakResidentBytes()).isGreaterThanOrEqualTo(resident);
    }
}
