package org.bitdistillery.platform;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a measurement or a run was made on.
///
/// @param memoryBytes      physical memory
/// @param heapBytes        most that the Java heap may take
/// @param javafx           version on the class path, `unknown` where there is none; the same for `djl` and `libtorch`
public record Machine(
        String bitdistillery, String os, String cpu, int cores, long memoryBytes, long heapBytes, String java, String javafx,
        String djl, String libtorch) {

    private static final String UNKNOWN = "unknown";

    /// The machine and the program that run this.
    public static Machine current() {
        String os = Stream.of("os.name", "os.version", "os.arch").map(System::getProperty).collect(Collectors.joining(" "));
        return new Machine(
                programVersion(), os, cpuName(), Runtime.getRuntime().availableProcessors(), physicalMemory(),
                Runtime.getRuntime().maxMemory(), Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
                libraryVersion("javafx-base"), libraryVersion("pytorch-engine"), libraryVersion("pytorch-native-\\w+"));
    }

    /// The version that the program was packaged with.
    public static String programVersion() {
        String version = Machine.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /// Resident memory of this process in bytes, native memory included, or -1 where the operating system does not tell.
    public static long residentBytes() {
        return procStatus("self", "VmRSS");
    }

    /// The most that [#residentBytes()] has ever been, or -1 where the operating system does not tell.
    public static long peakResidentBytes() {
        return procStatus("self", "VmHWM");
    }

    /// Memory that programs can still have without swapping, caches of the system counted in, or -1 where it is not told.
    public static long availableBytes() {
        return lineOf(Path.of("/proc/meminfo"), "MemAvailable")
                .map(value -> Long.parseLong(value.replace("kB", "").strip()) * 1024)
                .orElseGet(() -> ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        ? system.getFreeMemorySize() : -1L);
    }

    /// The same of another process, or -1 where there is none or the operating system does not tell.
    public static long peakResidentBytes(long pid) {
        return procStatus(Long.toString(pid), "VmHWM");
    }

    /// A line of Linux' `/proc/PROCESS/status`, which is in KiB.
    private static long procStatus(String process, String key) {
        return lineOf(Path.of("/proc", process, "status"), key)
                .map(value -> Long.parseLong(value.replace("kB", "").strip()) * 1024)
                .orElse(-1L);
    }

    private static String cpuName() {
        return lineOf(Path.of("/proc/cpuinfo"), "model name")
                .or(() -> Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER")))
                .or(() -> Optional.of(System.getProperty("os.arch")))
                .orElse(UNKNOWN);
    }

    /// Value of the first line `key : value` of a file of the `/proc` kind.
    private static Optional<String> lineOf(Path file, String key) {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static long physicalMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : -1;
    }

    private static String libraryVersion(String artifact) {
        Pattern jar = Pattern.compile(artifact + "-(\\d[\\w.]*)[^" + Pattern.quote(File.separator) + "]*\\.jar");
        Matcher matcher = jar.matcher(System.getProperty("java.class.path"));
        return matcher.find() ? matcher.group(1) : UNKNOWN;
    }
}
