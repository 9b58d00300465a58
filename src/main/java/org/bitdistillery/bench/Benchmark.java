package org.bitdistillery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.event.BenchmarkRun;
import org.bitdistillery.platform.SelfProcess;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Compares models in turns (A B A B ...), so that a machine that slows down slows all of them; each measurement has a fresh
/// process, so that neither compiled code nor memory of one model helps or burdens another. Medians are reported.
public final class Benchmark {

    private static final long POLL_MILLIS = 50;
    private static final int LONGEST_REASON = 500;
    /// The peak of memory shall be the model's, not that of garbage which nobody has had a reason to collect.
    private static final String SMALL_NURSERY = "-Xmn8m";
    /// The JVM greets the incubating vector module with such a line.
    private static final String JVM_WARNING = "WARNING:";

    private final Function<String[], ProcessBuilder> launcher;

    /// Measures with this program in processes of their own.
    public Benchmark() {
        this(args -> SelfProcess.command(BenchWorker.class.getName(), List.of(SMALL_NURSERY), args));
    }

    Benchmark(Function<String[], ProcessBuilder> launcher) {
        this.launcher = launcher;
    }

    /// @param progress  gets one line a measurement
    /// @param cancelled asked often; true ends the running process
    /// @throws BenchmarkException    where a process fails, with the model and the reason
    /// @throws CancellationException where `cancelled` says so
    public BenchmarkReport run(
            List<NamedModel> models, BenchmarkOptions options, Consumer<String> progress, BooleanSupplier cancelled) {
        if (models.isEmpty()) {
            throw new InvalidInput("There is no model to measure. Name at least one model folder.");
        }
        Map<NamedModel, List<Measurement>> measured = new LinkedHashMap<>();
        for (int round = 1; round <= options.rounds(); round++) {
            for (NamedModel model : models) {
                Measurement measurement = measure(model, options, cancelled);
                measured.computeIfAbsent(model, _ -> new ArrayList<>()).add(measurement);
                progress.accept(String.format(Locale.ROOT, "round %d/%d %s: prefill %.0f, decode %.0f tokens/s", round,
                        options.rounds(), model.name(), measurement.prefillTokensPerSecond(),
                        measurement.decodeTokensPerSecond()));
            }
        }
        List<BenchmarkRun> runs = new ArrayList<>();
        measured.forEach((model, measurements) -> runs.add(summary(model.name(), measurements)));
        return new BenchmarkReport(runs);
    }

    static BenchmarkRun summary(String name, List<Measurement> measurements) {
        Measurement any = measurements.getFirst();
        return new BenchmarkRun(name, any.threads(),
                median(measurements, Measurement::prefillTokensPerSecond),
                median(measurements, Measurement::decodeTokensPerSecond),
                any.weightBytes(), any.fileBytes(), (long) median(measurements, Measurement::peakRssBytes));
    }

    private static double median(List<Measurement> measurements, ToDoubleFunction<Measurement> value) {
        double[] sorted = measurements.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private Measurement measure(NamedModel model, BenchmarkOptions options, BooleanSupplier cancelled) {
        Path output = null;
        Path errors = null;
        Process process = null;
        try {
            output = Files.createTempFile("bench", ".json");
            errors = Files.createTempFile("bench", ".txt");
            process = launcher.apply(new String[] {
                model.folder().toString(), Integer.toString(options.threads()), Integer.toString(options.promptTokens()),
                Integer.toString(options.decodeTokens())})
                    .redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
            await(process, cancelled);
            if (process.exitValue() != 0) {
                throw failed(model, reason(process.exitValue(), errors));
            }
            return JsonMapper.shared().readValue(lastLine(output), Measurement.class);
        } catch (IOException | JacksonException e) {
            throw new BenchmarkException(
                    "The benchmark of " + model.name() + " (" + model.folder() + ") could not be run: " + e.getMessage(), e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
            delete(output);
            delete(errors);
        }
    }

    private static void await(Process process, BooleanSupplier cancelled) {
        try {
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (cancelled.getAsBoolean()) {
                    throw new CancellationException("the benchmark was stopped");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the benchmark was interrupted");
        }
    }

    private static BenchmarkException failed(NamedModel model, String reason) {
        return new BenchmarkException("The benchmark of " + model.name() + " (" + model.folder() + ") failed: " + reason);
    }

    /// The last line that the process left, which is its own sentence, or how it ended.
    private static String reason(int exit, Path errors) throws IOException {
        String line = lastLine(errors);
        String ending = exit > 128 ? "was killed by signal " + (exit - 128) : "ended with exit code " + exit;
        if (line.isEmpty()) {
            return "its process " + ending + " without a word. Look for a lack of memory in the system log.";
        }
        return line.substring(0, Math.min(line.length(), LONGEST_REASON));
    }

    private static String lastLine(Path file) throws IOException {
        return Files.readString(file).lines()
                .filter(line -> !line.isBlank() && !line.startsWith(JVM_WARNING))
                .reduce("", (_, line) -> line);
    }

    private static void delete(Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                file.toFile().deleteOnExit();
            }
        }
    }
}
