package org.bitdistillery.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// Energy that the processor packages used, from Linux' RAPL counters (`/sys/class/powercap/intel-rapl:N`, which AMD processors
/// fill too). A package counts for everybody: what else runs on the machine is in the figure.
final class EnergyMeter {

    static final Path POWERCAP = Path.of("/sys/class/powercap");
    private static final double MICRO = 1e-6;

    private final List<Path> packages;

    /// @param powercap folder of the counters; missing or unreadable ones are no error
    EnergyMeter(Path powercap) {
        packages = packages(powercap);
    }

    private static List<Path> packages(Path powercap) {
        if (!Files.isDirectory(powercap)) {
            return List.of();
        }
        try (Stream<Path> zones = Files.list(powercap)) {
            return zones.filter(zone -> zone.getFileName().toString().matches("intel-rapl:\\d+"))
                    .filter(zone -> Files.isReadable(zone.resolve("energy_uj"))).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    boolean isThere() {
        return !packages.isEmpty();
    }

    /// Why there is no figure, as a sentence; empty where there is one.
    static String absence(Path powercap) {
        if (new EnergyMeter(powercap).isThere()) {
            return "";
        }
        return Files.isDirectory(powercap.resolve("intel-rapl:0"))
                ? "Energy: this machine's RAPL counters may only be read by an administrator."
                : "Energy: this machine exposes no RAPL counters.";
    }

    /// Counters now, for [#joulesSince].
    List<Long> read() {
        List<Long> values = new ArrayList<>();
        for (Path zone : packages) {
            values.add(number(zone.resolve("energy_uj")));
        }
        return values;
    }

    /// Joules since then; a counter that went back has passed its end once.
    OptionalDouble joulesSince(List<Long> before) {
        if (packages.isEmpty()) {
            return OptionalDouble.empty();
        }
        long micro = 0;
        List<Long> now = read();
        for (int i = 0; i < packages.size(); i++) {
            long used = now.get(i) - before.get(i);
            micro += used >= 0 ? used : used + number(packages.get(i).resolve("max_energy_range_uj"));
        }
        return OptionalDouble.of(micro * MICRO);
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
