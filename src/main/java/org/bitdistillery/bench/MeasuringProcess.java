package org.bitdistillery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.bitdistillery.platform.Machine;

/// Runs one measuring process to its end, with an eye on its memory, on the clock, and on who else uses the processor.
final class MeasuringProcess {

    /// @param output       what it printed on standard output
    /// @param peakRssBytes as seen from outside, or -1
    record Ended(String output, long peakRssBytes, HostLoad load) {}

    private static final long POLL_MILLIS = 50;
    private static final int POLLS_A_SAMPLE = 20;
    private static final int LONGEST_REASON = 500;
    private static final long LONGEST_END_SECONDS = 5;
    /// The JVM greets the incubating vector module with such a line.
    private static final String JVM_WARNING = "WARNING:";

    private MeasuringProcess() {}

    /// @param cancelled asked often; true ends the process
    /// @throws IOException           with one sentence where the process cannot be started, fails, or takes too long
    /// @throws CancellationException where `cancelled` says so
    static Ended run(ProcessBuilder command, int timeoutSeconds, BooleanSupplier cancelled) throws IOException {
        Path output = Files.createTempFile("bench", ".out");
        Path errors = Files.createTempFile("bench", ".err");
        Process process = null;
        Thread end = null;
        try {
            CpuWatch watch = new CpuWatch();
            process = command.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
            end = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(end);
            watch.measures(process.pid());
            long peak = await(process, timeoutSeconds, cancelled, watch);
            HostLoad load = watch.end();
            if (process.exitValue() != 0) {
                throw new IOException(reason(process.exitValue(), errors));
            }
            return new Ended(Files.readString(output), peak, load);
        } finally {
            if (process != null) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().onExit().completeOnTimeout(process, LONGEST_END_SECONDS, TimeUnit.SECONDS).join();
                forget(end);
            }
            Files.deleteIfExists(output);
            Files.deleteIfExists(errors);
        }
    }

    /// A measurement does not outlive this program; one that has ended is not to be remembered.
    private static void forget(Thread end) {
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException e) {
            // The program is ending already.
        }
    }

    /// @return the largest resident set that was seen
    private static long await(Process process, int timeoutSeconds, BooleanSupplier cancelled, CpuWatch watch) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        long peak = -1;
        try {
            for (int poll = 1; !process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS); poll++) {
                peak = Math.max(peak, Machine.peakResidentBytes(process.pid()));
                if (poll % POLLS_A_SAMPLE == 0) {
                    watch.sample();
                }
                if (cancelled.getAsBoolean()) {
                    throw new CancellationException("the benchmark was stopped");
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException("it was not done after " + timeoutSeconds
                            + " seconds. Measure fewer tokens, or allow more time with --timeout.");
                }
            }
            return peak;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the benchmark was interrupted");
        }
    }

    /// The last line that the process left, which is its own sentence, or how it ended.
    private static String reason(int exit, Path errors) throws IOException {
        String line = Files.readString(errors).lines()
                .filter(text -> !text.isBlank() && !text.startsWith(JVM_WARNING))
                .reduce("", (_, last) -> last);
        String ending = exit > 128 ? "was killed by signal " + (exit - 128) : "ended with exit code " + exit;
        if (line.isEmpty()) {
            return "its process " + ending + " without a word. Look for a lack of memory in the system log.";
        }
        return line.substring(0, Math.min(line.length(), LONGEST_REASON));
    }
}
